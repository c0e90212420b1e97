r"""How far a probability falls when a node is hidden: alone, or as part of a union.

In both the node's effect is :math:`s_m`, larger = the class needs it more, negative = it speaks against the class.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from margin_core.tasks.saliency.masking import Masks
from margin_core.values import Doubles, Floats, Ints

VERSION = 1
"""Raised whenever the same answers of the model would give other effects."""

PENALTIES = 10.0 ** np.arange(-5, 1.01, 0.5)
"""Of the ridge regression, as shares of the largest eigenvalue; the one that foretells left-out masks best is taken."""


def compute_single_drops(whole: float, masked: Floats) -> Doubles:
    r"""Give :math:`p(I) - p(I_m)` for masks that hide one node each.

    Parameters
    ----------
    whole : float
        The probability of the class for the whole sample.
    masked : float array (m,)
        With each node hidden.
    """
    return whole - masked.astype(np.float64)


def estimate_union_effects(masks: Masks, masked: Floats) -> Doubles:
    r"""Share out among the nodes what hiding unions of them does.

    The root of the probability is modelled as a sum over all nodes of all divisions, each by the share :math:`v_m` of
    it that a mask leaves visible:

    .. math:: \sqrt p \approx c + \sum_m \beta_m\, v_m, \qquad \beta_m \sim N(0, |S_m|\,\tau^2)

    which gives every place x the weight :math:`b(x) = \sum_{m \ni x} \beta_m / |S_m|`; a node's effect is what its
    places weigh together, :math:`s_m = \sum_{x \in S_m} b(x)`. The penalty is the one with the least leave-one-out
    error.

    The root is a middle way (docs/benchmarks.md): of the probability itself only those few unions count that leave the
    class likely, of its log-odds mostly those that leave nothing of it.

    Parameters
    ----------
    masks : Masks, q of them
        Unions of nodes, drawn by chance.
    masked : float array (q,)
        The probability of the class under each.

    Returns
    -------
    float array (m,)
        How far the root falls when the node is hidden.

    Notes
    -----
    O(q m^2 + q^3): half a second for 500 masks and 1,000 nodes.
    """
    shared, division = shared_places(masks.layout)
    root = np.sqrt(np.diagonal(shared))
    seen = (masks.visible & (division == masks.division[:, None])) @ shared
    weights = _ridge(seen / root, np.sqrt(np.maximum(masked.astype(np.float64), 0)))
    return np.asarray(shared @ (weights / root))


def shared_places(layout: Ints) -> tuple[Doubles, Ints]:
    """Count the places that each two nodes share, and give each node's division.

    Parameters
    ----------
    layout : int array (r, places)

    Returns
    -------
    shared : float array (m, m)
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


def _ridge(columns: Doubles, wanted: Doubles) -> Doubles:
    """Fit a ridge regression with a free intercept in its dual form; the penalty by the leave-one-out error."""
    centred, aim = columns - columns.mean(axis=0), wanted - wanted.mean()
    eigenvalues, vectors = np.linalg.eigh(centred @ centred.T)
    eigenvalues = np.maximum(eigenvalues, 0)
    turned = vectors.T @ aim
    if eigenvalues[-1] == 0:  # all masks look the same
        return np.zeros(columns.shape[1])

    def left_out_error(penalty: float) -> float:
        kept = eigenvalues / (eigenvalues + penalty)
        leverage = np.minimum((vectors**2) @ kept + 1 / len(aim), 1 - 1e-9)
        return float(np.mean(((aim - vectors @ (kept * turned)) / (1 - leverage)) ** 2))

    penalty = min((share * eigenvalues[-1] for share in PENALTIES.tolist()), key=left_out_error)
    return np.asarray(centred.T @ (vectors @ (turned / (eigenvalues + penalty))))
