"""The signed margin of every sample: its distance to the region of another class, in feature space."""

from __future__ import annotations

import numpy as np

from margin_core.values import UNLABELED, Floats, Ints


def compute_signed_margins(logits: Floats, head_weights: Floats, positions: int, labels: Ints) -> Floats:
    r"""Compute the signed distance of each sample to the boundary of the region of its label, in feature space.

    .. math:: d_i = \min_{j \ne y_i} \frac{\ell_{y_i} - \ell_j}{\lVert w_{y_i} - w_j \rVert}, \qquad
        \lVert w_i - w_j \rVert = \lVert W_i - W_j \rVert / \sqrt{P}

    Exact, since the region of a class is a convex polytope there.

    Parameters
    ----------
    logits : float array (n, c)
        A row of NaN: unknown.
    head_weights : float array (c, channels)
        Weights W of the linear layer.
    positions : int
        Positions P of the last feature map, 1 for columns.
    labels : int array (n,)
        For a sample without one the predicted class is taken.

    Returns
    -------
    float32 array (n,)
        Positive: the surrogate predicts the label, and this is the distance to the nearest other class; negative: it
        predicts another class; near 0: on the boundary; NaN: unknown.
    """
    known = np.asarray(np.isfinite(logits).all(axis=1))
    own = np.where(labels == UNLABELED, np.where(known[:, None], logits, 0).argmax(axis=1), labels)
    rows = np.arange(len(logits))
    between = np.linalg.norm(head_weights[:, None] - head_weights[None], axis=2) / np.sqrt(positions)
    gaps = between[own]
    differences = logits[rows, own][:, None] - logits
    differences[rows, own] = np.inf
    margins = differences / np.where(gaps > 0, gaps, 1)
    margins[rows, own] = np.inf
    found: Floats = np.where(known, margins.min(axis=1, initial=np.inf), np.nan).astype(np.float32)
    return found
