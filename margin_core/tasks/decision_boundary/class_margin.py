"""How torn a model is between two classes, sample by sample, and which classes touch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from margin_core.function.given_labels import one_hot
from margin_core.influence.high_pass import shift_operator
from margin_core.values import Doubles, Graph, Ints

NOBODY = -1
"""In the place of a class: there is none."""


@dataclass(frozen=True, eq=False)
class TopTwo:
    """The two likeliest classes of each sample.

    Attributes
    ----------
    first, second : int array (n,)
        Of two that are equally likely, the one with the smaller number comes first. `second` is -1 where there is
        one class only.
    margin : float array (n,)
        How much likelier the first is, in [0, 1]; 0 = torn, 1 = sure.
    """

    first: Ints
    second: Ints
    margin: Doubles


def top_two(probabilities: NDArray[np.floating]) -> TopTwo:
    """Find the two likeliest classes of each sample, (n, c); O(n c)."""
    n, c = probabilities.shape
    each = np.arange(n)
    first = probabilities.argmax(axis=1).astype(np.int64)
    best = probabilities[each, first].astype(np.float64)
    if c < 2:
        return TopTwo(first, np.full(n, NOBODY), best)
    others = np.array(probabilities, dtype=np.float64)
    others[each, first] = -np.inf
    second = others.argmax(axis=1).astype(np.int64)
    return TopTwo(first, second, best - others[each, second])


def lead_of(probabilities: NDArray[np.floating], labels: Ints) -> Doubles:
    """Say how much likelier each label (n,) is than the likeliest other class, in [-1, 1]; below 0 = another wins."""
    each = np.arange(len(labels))
    others = np.array(probabilities, dtype=np.float64)
    own = others[each, labels]
    others[each, labels] = -np.inf
    lead: Doubles = own - np.maximum(others.max(axis=1), 0.0)
    return lead


def entropy(probabilities: NDArray[np.floating]) -> Doubles:
    """Give the entropy of each row (n, c) over its largest, log c: 0 = sure, 1 = every class as likely."""
    p = np.asarray(probabilities, dtype=np.float64)
    total = -np.where(p > 0, p * np.log(np.where(p > 0, p, 1.0)), 0.0).sum(axis=1)
    share: Doubles = np.clip(total / max(np.log(p.shape[1]), np.finfo(np.float64).tiny), 0.0, 1.0)
    return share


def half_way_to_neighbours(graph: Graph, probabilities: NDArray[np.floating]) -> Doubles:
    r"""Take half of the high-pass off: :math:`q = p - h/2 = (p + P p)/2`, P the weighted mean over the neighbours.

    What a model says of one sample is jumpy; what it says around it, too, is steadier. A sample without neighbours
    keeps its own. Rows still sum to 1. O(edges c).
    """
    own = np.asarray(probabilities, dtype=np.float64)
    around: Doubles = shift_operator(graph, "random_walk") @ own
    return np.where(graph.isolated[:, None], own, (own + around) / 2)


def touching(graph: Graph, labels: Ints, n_classes: int) -> Doubles:
    r"""Say how much each two classes touch on the graph.

    .. math:: T_{ab} = \frac{W(a, b)}{\sqrt{W(a)\, W(b)}},\qquad
              W(a, b) = \sum_{i \in a,\, j \in b} W_{ij},\quad W(a) = \sum_b W(a, b)

    the geometric mean of two shares: of all weight at the samples of a, how much leads to b, and the other way round.
    So a class does not touch the others more for being large.

    Parameters
    ----------
    graph : Graph
    labels : int array (m,)
        For instance what a model says of each node; -1 takes no part.
    n_classes : int

    Returns
    -------
    float array (c, c)
        Symmetric, in [0, 1]: 0 = no edge, 1 (off the diagonal) = every edge of both leads to the other. On the
        diagonal, how much a class keeps to itself. A class without an edge has zeros.

    Notes
    -----
    O(edges).
    """
    carried = one_hot(labels, n_classes)
    weights = sparse.csr_array(graph.weights.astype(np.float64))
    between = (carried.T @ (weights @ carried)).toarray()
    between = (between + between.T) / 2  # rounding, and splits that do not hear each other
    total = np.sqrt(between.sum(axis=1))
    scale = total[:, None] * total[None, :]
    shares: Doubles = np.divide(between, scale, out=np.zeros_like(between), where=scale > 0)
    return np.clip(shares, 0.0, 1.0)
