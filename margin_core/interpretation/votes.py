"""What the neighbours say a sample is."""

from __future__ import annotations

import numpy as np

from margin_core.values import UNLABELLED, Doubles, Graph, Ints


def neighbour_votes(graph: Graph, labels: Ints, n_classes: int, rows: Ints | None = None) -> Doubles:
    r"""Add up the weights of the neighbours, class by class.

    .. math:: V_{ic} = \frac{\sum_j W_{ij} [y_j = c]}{\sum_j W_{ij} [y_j \ne \text{none}]}

    Parameters
    ----------
    graph : Graph
    labels : int array (m,)
        `UNLABELLED` neighbours do not vote.
    n_classes : int
    rows : int array (r,), optional
        Only these nodes; default all. The answer for a node does not depend on which others are asked.

    Returns
    -------
    float array (r, c)
        Rows sum to 1, or are 0 where no neighbour votes.

    Notes
    -----
    O(edges of the rows).
    """
    weights = graph.weights if rows is None else graph.weights[rows]
    count = weights.shape[0]
    voter = labels[weights.indices]
    voting = voter != UNLABELLED
    asked = np.repeat(np.arange(count), np.diff(weights.indptr))[voting]
    ballots = np.bincount(
        asked * n_classes + voter[voting], weights=weights.data[voting], minlength=count * n_classes
    ).reshape(count, n_classes)
    total = ballots.sum(axis=1, keepdims=True)
    shares: Doubles = np.divide(ballots, total, out=np.zeros(ballots.shape), where=total > 0)
    return shares
