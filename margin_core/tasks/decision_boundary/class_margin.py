"""The margin between the classes of each sample, and the contact of classes on the graph."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from margin_core.function.given_labels import encode_one_hot
from margin_core.influence.high_pass import compute_shift_operator
from margin_core.values import Doubles, Graph, Ints


def compute_label_margin(probabilities: NDArray[np.floating], labels: Ints) -> Doubles:
    r"""Compute the margin of each label: its probability less that of the likeliest other class.

    .. math:: \ell_i = p_{i, y_i} - \max_{b \ne y_i} p_{ib}

    Parameters
    ----------
    probabilities : float array (n, c)
        Rows sum to 1.
    labels : int array (n,)
        Classes.

    Returns
    -------
    float array (n,)
        In [-1, 1]; below 0 = another class is likelier.
    """
    each = np.arange(len(labels))
    others = np.array(probabilities, dtype=np.float64)
    own = others[each, labels]
    others[each, labels] = -np.inf
    margin: Doubles = own - np.maximum(others.max(axis=1), 0.0)
    return margin


def smooth_probabilities(graph: Graph, probabilities: NDArray[np.floating]) -> Doubles:
    r"""Compute the mean of each sample's own probabilities and those of its neighbors.

    .. math:: q = p - h/2 = (p + P p)/2,

    half of the high-pass taken off; P is the weighted mean over the neighbors. A model's prediction for one sample
    varies more than the mean of its predictions around it.

    Parameters
    ----------
    graph : Graph
        With m nodes.
    probabilities : float array (m, c)
        Rows sum to 1.

    Returns
    -------
    float array (m, c)
        Rows sum to 1; a node without neighbors keeps its own. O(edges c).
    """
    own = np.asarray(probabilities, dtype=np.float64)
    around: Doubles = compute_shift_operator(graph, "random_walk") @ own
    return np.where(graph.isolated[:, None], own, (own + around) / 2)


def class_contact(graph: Graph, labels: Ints, n_classes: int) -> Doubles:
    r"""Compute the contact of each pair of classes on the graph.

    .. math:: T_{ab} = \frac{W(a, b)}{\sqrt{W(a)\, W(b)}},\qquad
              W(a, b) = \sum_{i \in a,\, j \in b} W_{ij},\quad W(a) = \sum_b W(a, b)

    the geometric mean of two shares: of all weight at the samples of a, how much leads to b, and the other way round.
    So a class does not have more contact for being large.

    Parameters
    ----------
    graph : Graph
        With m nodes.
    labels : int array (m,)
        For instance the predicted class of each node; -1 takes no part.
    n_classes : int
        Number of classes c.

    Returns
    -------
    float array (c, c)
        Symmetric, in [0, 1]: 0 = no edge, 1 (off the diagonal) = every edge of both leads to the other. On the
        diagonal, the contact of a class with itself. A class without an edge has zeros.

    Notes
    -----
    O(edges).
    """
    carried = encode_one_hot(labels, n_classes)
    weights = sparse.csr_array(graph.weights.astype(np.float64))
    between = (carried.T @ (weights @ carried)).toarray()
    between = (between + between.T) / 2  # rounding, and edges of one direction between splits
    total = np.sqrt(between.sum(axis=1))
    scale = total[:, None] * total[None, :]
    shares: Doubles = np.divide(between, scale, out=np.zeros_like(between), where=scale > 0)
    return np.clip(shares, 0.0, 1.0)
