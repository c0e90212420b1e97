"""Features of the nodes of a given graph, averaged over their neighbors: a simplified graph convolution."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from margin_core.values import Floats, usable_rows

STEPS = 2
"""Edges that features are passed along: with two, as in the networks of Kipf and Welling, the most flipped labels of
Cora were found (docs/decisions/0035)."""


def smooth_features(features: Floats, weights: sparse.csr_array, steps: int = STEPS) -> Floats:
    r"""Average the features of each node with those of its neighbors.

    .. math:: S^k X, \qquad S = \tilde D^{-1/2} (W + I) \tilde D^{-1/2}

    A linear probe on these is a simplified graph convolution.

    Parameters
    ----------
    features : float32 array (n, d)
        Of the nodes; those of a node that lacks one count as 0, and it stays without.
    weights : CSR array (n, n)
        Row i: the neighbors of node i.
    steps : int
        k.

    Returns
    -------
    float32 array (n, d)
        A node without neighbors keeps its own.

    Notes
    -----
    O(k (edges + n) d).

    References
    ----------
    Wu et al.: Simplifying Graph Convolutional Networks. ICML 2019.
    """
    usable = usable_rows(features)
    smooth = np.where(usable[:, None], features, np.float32(0))
    own = sparse.csr_array(weights + sparse.eye_array(len(features), dtype=np.float32, format="csr"))
    scale = sparse.dia_array(((1 / np.sqrt(own.sum(axis=1)))[None], [0]), shape=own.shape)
    step = sparse.csr_array(scale @ own @ scale).astype(np.float32)
    for _ in range(steps):
        smooth = step @ smooth
    smooth[~usable] = np.nan
    return smooth
