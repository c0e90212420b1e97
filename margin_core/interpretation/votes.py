"""Votes of the neighbors, class by class."""

from __future__ import annotations

import numpy as np

from margin_core.values import UNLABELED, Doubles, Graph, Ints, TopClasses
from margin_core.values.top_classes import MAX_COMPLETE

MAX_VOTED = 32
"""Where there are many classes, so many of a sample keep their own share of the votes; the others share the rest."""


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
    target, voter, weights, count = _ballots(graph, labels, rows)
    ballots = np.bincount(target * n_classes + voter, weights=weights, minlength=count * n_classes)
    ballots = ballots.reshape(count, n_classes)
    total = ballots.sum(axis=1, keepdims=True)
    shares: Doubles = np.divide(ballots, total, out=np.zeros(ballots.shape), where=total > 0)
    return shares


def compute_top_votes(graph: Graph, labels: Ints, n_classes: int, rows: Ints | None = None) -> TopClasses:
    """Compute each class's share of the neighbors' weight as `compute_neighbor_votes` does, of any number of classes.

    Parameters
    ----------
    graph : Graph
    labels : int array (m,)
        `UNLABELED` neighbors do not vote.
    n_classes : int
        c.
    rows : int array (r,), optional
        Only these nodes; default all. The answer for a node does not depend on the others.

    Returns
    -------
    TopClasses
        Of r samples; of many classes the `MAX_VOTED` with most votes.

    Notes
    -----
    O(edges of the rows).
    """
    if n_classes <= MAX_COMPLETE:
        return TopClasses.complete(compute_neighbor_votes(graph, labels, n_classes, rows))
    target, voter, weights, count = _ballots(graph, labels, rows)
    pairs, place = np.unique(target * n_classes + voter, return_inverse=True)
    votes, sample = np.bincount(place, weights=weights, minlength=len(pairs)), pairs // n_classes
    total = np.bincount(sample, weights=votes, minlength=count)[sample]
    votes = np.divide(votes, total, out=np.zeros(len(votes)), where=total > 0)
    size = np.bincount(sample, minlength=count)
    # Of each sample the classes with most votes, of as many the first; kept in the order of the classes.
    rank = np.arange(len(pairs)) - np.repeat(np.cumsum(size) - size, size)
    is_kept = np.zeros(len(pairs), bool)
    is_kept[np.lexsort((pairs, -votes, sample))[rank < MAX_VOTED]] = True
    kept, number = np.flatnonzero(is_kept), np.minimum(size, MAX_VOTED)
    column = np.arange(len(kept)) - np.repeat(np.cumsum(number) - number, number)
    rest = np.bincount(sample[~is_kept], weights=votes[~is_kept], minlength=count) / (n_classes - number)
    width = max(int(number.max(initial=1)), 1)
    listed, values = np.full((count, width), n_classes, np.int32), np.repeat(rest[:, None], width, axis=1)
    listed[sample[kept], column], values[sample[kept], column] = pairs[kept] % n_classes, votes[kept]
    return TopClasses(n_classes=n_classes, values=values, listed=listed, rest=rest)


def compute_agreement(graph: Graph, labels: Ints, rows: Ints | None = None) -> Doubles:
    r"""Compute the share of the neighbors' weight that carries a node's own label.

    Parameters
    ----------
    graph : Graph
    labels : int array (m,)
        `UNLABELED` neighbors do not vote.
    rows : int array (r,), optional
        Only these nodes; default all.

    Returns
    -------
    float array (r,)
        In [0, 1]; 0 where no neighbor votes, and for a node without a label.

    Notes
    -----
    O(edges of the rows).
    """
    target, voter, weights, count = _ballots(graph, labels, rows)
    own = labels if rows is None else labels[rows]
    total = np.bincount(target, weights=weights, minlength=count)
    same = voter == own[target]
    agreeing = np.bincount(target[same], weights=weights[same], minlength=count)
    shares: Doubles = np.divide(agreeing, total, out=np.zeros(count), where=total > 0)
    return shares


def _ballots(graph: Graph, labels: Ints, rows: Ints | None) -> tuple[Ints, Ints, Doubles, int]:
    """Return who votes: the place of the node, the label and the weight of each voting neighbor; and how many nodes."""
    weights = graph.weights if rows is None else graph.weights[rows]
    count = weights.shape[0]
    voter = labels[weights.indices]
    voting = voter != UNLABELED
    target = np.repeat(np.arange(count), np.diff(weights.indptr))[voting]
    return target, voter[voting], weights.data[voting], count
