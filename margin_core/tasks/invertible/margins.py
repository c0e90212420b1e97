"""The signed margin of every sample, as a column."""

from __future__ import annotations

import numpy as np

from margin_core.values import UNLABELLED, Floats, Ints


def signed_margins(logits: Floats, head: Floats, places: int, labels: Ints) -> Floats:
    r"""Give the distance of each sample to the border of the region of its label, in feature space.

    .. math:: d_i = \min_{j \ne y_i} \frac{\ell_{y_i} - \ell_j}{\lVert w_{y_i} - w_j \rVert}, \qquad
        \lVert w_i - w_j \rVert = \lVert W_i - W_j \rVert / \sqrt{P}

    Positive: the surrogate sides with the label, and so far is it to the nearest other class; exact, since the region
    of a class is a convex polytope there. Negative: it sides with another class. Near 0: on the boundary.

    Parameters
    ----------
    logits : float array (n, c)
        A row of NaN: not known.
    head : float array (c, channels)
        Weights W of the linear layer.
    places : int
        Places P of the last map, 1 for columns.
    labels : int array (n,)
        Of a sample without one the class that the surrogate says is taken.

    Returns
    -------
    float32 array (n,)
        NaN where it is not known.
    """
    known = np.asarray(np.isfinite(logits).all(axis=1))
    own = np.where(labels == UNLABELLED, np.where(known[:, None], logits, 0).argmax(axis=1), labels)
    rows = np.arange(len(logits))
    between = np.linalg.norm(head[:, None] - head[None], axis=2) / np.sqrt(places)
    gaps = between[own]
    differences = logits[rows, own][:, None] - logits
    differences[rows, own] = np.inf
    margins = differences / np.where(gaps > 0, gaps, 1)
    margins[rows, own] = np.inf
    found: Floats = np.where(known, margins.min(axis=1, initial=np.inf), np.nan).astype(np.float32)
    return found
