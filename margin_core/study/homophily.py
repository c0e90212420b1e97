"""How often the edges of a graph join nodes of the same class."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from margin_core.values import UNLABELED, Ints


def compute_homophily(graph: sparse.csr_array, labels: Ints) -> tuple[float, float]:
    r"""Compute the share of edges that join nodes of the same class, and what it would be if edges ended at random.

    .. math:: h = \frac{|\{(i, j) : y_i = y_j\}|}{|\{(i, j)\}|}, \qquad h_0 = \sum_c \Big(\frac{d_c}{2 e}\Big)^2

    with :math:`d_c` the ends of edges at nodes of class c.

    Parameters
    ----------
    graph : CSR array (n, n)
        Symmetric.
    labels : int array (n,)
        Edges to a node that is `UNLABELED` do not count.

    Returns
    -------
    homophily, by_chance : float
        In [0, 1]; NaN where no edge joins two labels.

    References
    ----------
    Zhu et al.: Beyond Homophily in Graph Neural Networks. NeurIPS 2020.
    """
    edges = graph.tocoo()
    one, other = labels[edges.row], labels[edges.col]
    known = (one != UNLABELED) & (other != UNLABELED)
    if not known.any():
        return float("nan"), float("nan")
    ends = np.bincount(one[known])
    return float((one == other)[known].mean()), float(((ends / ends.sum()) ** 2).sum())
