"""SimiFeat: which labels the consensus of neighborhoods contradicts, without training a model."""

from __future__ import annotations

import numpy as np

from margin_core.probe.softmax import softmax
from margin_core.tasks.label_flips.baselines.inputs import BaselineInputs
from margin_core.values import UNLABELED, Doubles, Graph, Ints, Study

MAX_THIRD_ORDER_CLASSES = 40
"""Up to so many classes the consensus of three is compared; beyond, only that of two."""

INITIAL_LOGIT = 4.0
"""Where the fit starts: labels are right e^4 = 55 times as often as any one wrong class."""

MAX_ITERATIONS = 200


def neighbourhood_consensus(study: Study, graph: Graph, inputs: BaselineInputs) -> Doubles:
    r"""Compute SimiFeat's ranking: as many labels of each class flagged as its estimated noise rate says.

    A sample's soft label is the class shares of its k nearest. Its similarity to the given label is the cosine,
    :math:`\hat y_i(y_i) / \lVert \hat y_i \rVert`. Of the :math:`N_j` samples given j, those :math:`N_j P(Y \ne j \mid
    \tilde Y = j)` that are least similar are flagged, with P from `estimate_noise_transition`. Score: (1 - similarity)
    / 2, and 1/2 more for the flagged.

    Parameters
    ----------
    study : Study
    graph : Graph
    inputs : BaselineInputs

    Returns
    -------
    float array (n,)
        In [0, 1]; larger = more likely an error; above 1/2 = flagged.

    Notes
    -----
    O(n k + iterations c^4), above 40 classes O(n k + iterations c^3).

    References
    ----------
    Zhu, Dong, Liu, Detecting Corrupted Labels Without Training a Model to Predict, ICML 2022 (the ranking).
    Zhu, Song, Liu, Clusterability as an Alternative to Anchor Points, ICML 2021 (the estimate).
    Written from the papers.
    """
    labels, c = study.labels, len(study.class_names)
    neighbors = graph.neighbours
    voter = np.where(neighbors >= 0, labels[neighbors], UNLABELED)
    row, column = np.nonzero(voter != UNLABELED)
    soft = np.bincount(row * c + voter[row, column], minlength=len(labels) * c).reshape(len(labels), c)
    length = np.sqrt(np.square(soft).sum(axis=1))
    own = soft[np.arange(len(labels)), labels]
    similarity = np.divide(own, length, out=np.ones(len(labels)), where=length > 0)
    scores: Doubles = (1 - similarity) / 2

    triples = _triples(labels, voter, inputs.training)
    if c < 2 or not len(triples):
        return scores
    prior, transition = estimate_noise_transition(triples, c)
    joint = prior[:, None] * transition
    right = np.diag(joint) / np.maximum(joint.sum(axis=0), np.finfo(float).tiny)
    for part in (inputs.training, ~inputs.training):
        for given in range(c):
            members = np.flatnonzero(part & (labels == given) & ~graph.isolated)
            wrong = round(len(members) * (1 - right[given]))
            scores[members[np.argsort(-scores[members], kind="stable")[:wrong]]] += 0.5
    flagged_first: Doubles = np.clip(scores, 0.0, 1.0)
    return flagged_first


def estimate_noise_transition(triples: Ints, n_classes: int) -> tuple[Doubles, Doubles]:
    r"""Estimate how true classes come out as given labels from how often near samples carry which labels.

    If a sample and its two nearest are of one true class, their labels are three draws from one row of T:

    .. math::

        P(a) = \sum_k p_k T_{ka},\quad P(a, b) = \sum_k p_k T_{ka} T_{kb},\quad
        P(a, b, e) = \sum_k p_k T_{ka} T_{kb} T_{ke}.

    p and T minimize the squared differences from the shares counted.

    Parameters
    ----------
    triples : int array (m, 3)
        Labels of a sample and its two nearest.
    n_classes : int
        c.

    Returns
    -------
    prior : float array (c,)
        Class shares; sum to 1.
    transition : float array (c, c)
        ``T[k, a]``: probability that class k is given label a; rows sum to 1.

    Notes
    -----
    O(m + iterations c^4), above 40 classes O(m + iterations c^3).
    """
    from scipy.optimize import minimize

    c, m = n_classes, len(triples)
    a, b, e = triples.T
    first = np.bincount(a, minlength=c) / m
    second = np.bincount(a * c + b, minlength=c * c).reshape(c, c) / m
    third = (
        np.bincount((a * c + b) * c + e, minlength=c**3).reshape(c * c, c) / m if c <= MAX_THIRD_ORDER_CLASSES else None
    )

    start = np.concatenate([np.log(first + 1 / m), INITIAL_LOGIT * np.eye(c).ravel()])
    # Shares are small numbers: without a scale, their squares look like convergence.
    scale = 1.0 / max(float((second * second).sum()), np.finfo(float).tiny)

    def scaled(parameters: Doubles) -> tuple[float, Doubles]:
        value, slope = misfit(parameters, first, second, third)
        return scale * value, scale * slope

    found = minimize(scaled, start, jac=True, method="L-BFGS-B", options={"maxiter": MAX_ITERATIONS, "ftol": 1e-10})
    return _unfold(found.x, c)


def misfit(parameters: Doubles, first: Doubles, second: Doubles, third: Doubles | None) -> tuple[float, Doubles]:
    """Compute the sum of squared differences between implied and counted shares, and its gradient.

    Parameters
    ----------
    parameters : float array (c + c * c,)
        Logits of the prior and of each row of the transition.
    first, second : float arrays (c,), (c, c)
        Shares of single labels and of pairs.
    third : float array (c * c, c), optional
        Shares of triples.

    Returns
    -------
    value : float
        Not negative.
    gradient : float array (c + c * c,)
    """
    c = len(first)
    p, t = _unfold(parameters, c)
    left = p @ t - first
    by_p, by_t = t @ left, np.outer(p, left)
    value = float(left @ left)
    left = (t.T * p) @ t - second
    by_p = by_p + ((t @ left) * t).sum(axis=1)
    by_t += p[:, None] * (t @ (left + left.T))
    value += float((left * left).sum())
    if third is not None:
        pairs = (t[:, :, None] * t[:, None, :]).reshape(c, c * c)
        left = (pairs.T * p) @ t - third
        value += float((left * left).sum())
        pulled = pairs @ left
        by_p = by_p + (pulled * t).sum(axis=1)
        cube = left.reshape(c, c, c)
        both = np.einsum("kb,abe,ke->ka", t, cube, t, optimize=True)
        both += np.einsum("kb,bae,ke->ka", t, cube, t, optimize=True)
        by_t += p[:, None] * (pulled + both)
    # Back through the two softmaxes.
    by_p, by_t = 2 * by_p, 2 * by_t
    by_rows = t * (by_t - (t * by_t).sum(axis=1, keepdims=True))
    return value, np.concatenate([p * (by_p - p @ by_p), by_rows.ravel()])


def _unfold(parameters: Doubles, c: int) -> tuple[Doubles, Doubles]:
    return softmax(parameters[None, :c])[0], softmax(parameters[c:].reshape(c, c))


def _triples(labels: Ints, voter: Ints, training: np.ndarray) -> Ints:
    """Select the labels of every sample that may be learned from and of its two nearest that have one; (m, 3)."""
    nearest_first = np.argsort(voter == UNLABELED, axis=1, kind="stable")[:, :2]
    two = np.take_along_axis(voter, nearest_first, axis=1)
    whole = training & (two.shape[1] == 2) & (two != UNLABELED).all(axis=1)
    return np.column_stack([labels[whole], two[whole]]) if two.shape[1] == 2 else np.empty((0, 3), dtype=np.int64)
