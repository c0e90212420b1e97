r"""The effect of a node: how far a probability falls when it is hidden, alone or as part of a union.

An effect :math:`s_m` is larger the more the class needs the node, and negative where it opposes the class.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from margin_core.tasks.saliency.masking import Masks
from margin_core.values import Doubles, Floats, Ints

VERSION = 1
"""Raised whenever the same predictions would give other effects."""

PENALTIES = 10.0 ** np.arange(-5, 1.01, 0.5)
"""Candidates for the penalty of the ridge regression, as shares of the largest eigenvalue."""


def compute_single_drops(unmasked: float, masked: Floats) -> Doubles:
    r"""Compute :math:`p(I) - p(I_m)` for masks that hide one node each.

    Parameters
    ----------
    unmasked : float
        The probability of the class for the whole sample.
    masked : float32 array (m,)
        With each node hidden.

    Returns
    -------
    float64 array (m,)
        In [-1, 1]; larger = the class needs the node more.
    """
    return unmasked - masked.astype(np.float64)


def estimate_union_effects(masks: Masks, masked: Floats) -> Doubles:
    r"""Estimate the effect of each node from the probabilities under masks that hide unions of nodes.

    The root of the probability is modeled as a sum over all nodes of all divisions, each times the share :math:`v_m` of
    it that a mask leaves visible:

    .. math:: \sqrt p \approx c + \sum_m \beta_m\, v_m, \qquad \beta_m \sim N(0, |S_m|\,\tau^2)

    which gives every place x the weight :math:`b(x) = \sum_{m \ni x} \beta_m / |S_m|`; a node's effect is the sum over
    its places, :math:`s_m = \sum_{x \in S_m} b(x)`. The penalty is the one with the least leave-one-out error.

    The root is a compromise (docs/benchmarks/all.md): of the probability itself only those few unions count that leave
    the class likely, of its log-odds mostly those that leave nothing of it.

    Parameters
    ----------
    masks : Masks
        q random unions of nodes.
    masked : float32 array (q,)
        The probability of the class under each.

    Returns
    -------
    float64 array (m,)
        How far the root falls when the node is hidden.

    Notes
    -----
    O(q m^2 + q^3): half a second for 500 masks and 1,000 nodes.
    """
    shared, division = count_shared_places(masks.layout)
    scale = np.sqrt(np.diagonal(shared))
    visible_places = (masks.visible & (division == masks.division[:, None])) @ shared
    weights = _fit_ridge(visible_places / scale, np.sqrt(np.maximum(masked.astype(np.float64), 0)))
    return np.asarray(shared @ (weights / scale))


def count_shared_places(layout: Ints) -> tuple[Doubles, Ints]:
    """Count the places that each two nodes share, and return each node's division.

    Parameters
    ----------
    layout : int array (r, *places)
        The node of each place in each division.

    Returns
    -------
    shared : float64 array (m, m)
        The size of each node on the diagonal.
    division : int array (m,)
    """
    flat = layout.reshape(len(layout), -1)
    places = np.broadcast_to(np.arange(flat.shape[1]), flat.shape)
    holds = sparse.csr_array((np.ones(flat.size), (flat.ravel(), places.ravel())))
    division = np.empty(holds.shape[0], dtype=np.int64)
    for number, part in enumerate(flat):
        division[part] = number
    return (holds @ holds.T).toarray(), division


def _fit_ridge(columns: Doubles, outcome: Doubles) -> Doubles:
    """Fit a ridge regression with a free intercept in its dual form; the penalty by the leave-one-out error.

    scikit-learn's RidgeCV gives the same coefficients to the 15th digit and takes 1.5 times as long for 600 masks and
    900 nodes, 3 times for the 48 masks of a draft, since it wants the candidates before it knows the eigenvalues.
    """
    centered, aim = columns - columns.mean(axis=0), outcome - outcome.mean()
    eigenvalues, vectors = np.linalg.eigh(centered @ centered.T)
    eigenvalues = np.maximum(eigenvalues, 0)
    rotated = vectors.T @ aim
    if eigenvalues[-1] == 0:  # all masks look the same
        return np.zeros(columns.shape[1])

    def left_out_error(penalty: float) -> float:
        shrinkage = eigenvalues / (eigenvalues + penalty)
        leverage = np.minimum((vectors**2) @ shrinkage + 1 / len(aim), 1 - 1e-9)
        return float(np.mean(((aim - vectors @ (shrinkage * rotated)) / (1 - leverage)) ** 2))

    penalty = min((share * eigenvalues[-1] for share in PENALTIES.tolist()), key=left_out_error)
    return np.asarray(centered.T @ (vectors @ (rotated / (eigenvalues + penalty))))
