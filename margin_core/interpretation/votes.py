"""Votes of the neighbors, class by class."""

from __future__ import annotations

import numpy as np

from margin_core.values import UNLABELED, Doubles, Graph, Ints


def compute_neighbor_votes(graph: Graph, labels: Ints, n_classes: int, rows: Ints | None = None) -> Doubles:
    r"""Compute each class's share of the neighbors' weight.

    .. math:: V_{ic} = \frac{\sum_j W_{ij} [y_j = c]}{\sum_j W_{ij} [y_j \ne \text{none}]}

    Parameters
    ----------
    graph : Graph
        With weights W.
    labels : int array (m,)
        `UNLABELED` neighbors do not vote.
    n_classes : int
        c.
    rows : int array (r,), optional
        Only these nodes; default all. The answer for a node does not depend on the others.

    Returns
    -------
    float array (r, c)
        In [0, 1]; rows sum to 1, or are 0 where no neighbor votes.

    Notes
    -----
    O(edges of the rows).
    """
    weights = graph.weights if rows is None else graph.weights[rows]
    count = weights.shape[0]
    voter = labels[weights.indices]
    voting = voter != UNLABELED
    target = np.repeat(np.arange(count), np.diff(weights.indptr))[voting]
    ballots = np.bincount(
        target * n_classes + voter[voting], weights=weights.data[voting], minlength=count * n_classes
    ).reshape(count, n_classes)
    total = ballots.sum(axis=1, keepdims=True)
    shares: Doubles = np.divide(ballots, total, out=np.zeros(ballots.shape), where=total > 0)
    return shares
