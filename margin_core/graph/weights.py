"""Edge weights, and which edges are kept."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from margin_core.values import Floats

MIN_WEIGHT = 1e-6
"""No edge of the graph weighs less: a Gaussian that underflows would cut outliers off for good."""

SCALE_NEIGHBOR = 7
"""Which neighbor's distance is a node's scale; the paper's choice, and as good as any from 5 to 20."""


# Where there is no neighbor (-1, at infinite distance), the weights that these return are not used.


def binary(points: Floats, neighbors: NDArray[np.int32], distances: Floats) -> Floats:
    """Return weight 1 for every edge.

    Parameters
    ----------
    points : float32 array (m, d)
        Feature vectors of the nodes, finite.
    neighbors : int32 array (m, k)
        The k nearest nodes of each node, nearest first; -1 = no neighbor.
    distances : float32 array (m, k)
        Distance to each of them, at least 0, ascending; infinite where there is none.

    Returns
    -------
    float32 array (m, k)
        1 everywhere.
    """
    return np.ones_like(distances)


def self_tuned(points: Floats, neighbors: NDArray[np.int32], distances: Floats) -> Floats:
    r"""Compute Gaussian weights whose width is each node's own scale.

    .. math:: w_{ij} = \exp(-d_{ij}^2 / (\sigma_i \sigma_j)),\quad \sigma_i = d(i, \text{its 7th neighbor})

    Exact duplicates weigh 1. A node with fewer than 7 neighbors takes its last one's distance. A node without, and
    one whose 7 nearest are all duplicates, has no scale of its own and takes the median scale.

    Parameters
    ----------
    points : float32 array (m, d)
        Feature vectors of the nodes, finite.
    neighbors : int32 array (m, k)
        The k nearest nodes of each node, nearest first; -1 = no neighbor.
    distances : float32 array (m, k)
        Distance to each of them, at least 0, ascending; infinite where there is none.

    Returns
    -------
    float32 array (m, k)
        In [1e-6, 1]; larger = nearer.

    Notes
    -----
    O(m k).

    References
    ----------
    Zelnik-Manor and Perona, Self-tuning spectral clustering, NIPS 2004.
    """
    reached = np.clip((neighbors >= 0).sum(axis=1), 1, SCALE_NEIGHBOR) - 1
    scale = distances[np.arange(len(distances)), reached].astype(np.float64)
    scale[np.isinf(scale)] = 0
    positive = scale[scale > 0]
    scale = np.where(scale > 0, scale, np.median(positive) if len(positive) else 1.0)
    exponent = distances.astype(np.float64) ** 2 / (scale[:, None] * scale[neighbors])
    weighed: Floats = np.maximum(np.exp(-exponent), MIN_WEIGHT).astype(np.float32)
    return weighed


def cosine(points: Floats, neighbors: NDArray[np.int32], distances: Floats) -> Floats:
    """Compute the cosine of the angle between two points as seen from the origin, as the weight of their edge.

    Parameters
    ----------
    points : float32 array (m, d)
        Feature vectors of the nodes, finite.
    neighbors : int32 array (m, k)
        The k nearest nodes of each node, nearest first; -1 = no neighbor.
    distances : float32 array (m, k)
        Distance to each of them, at least 0, ascending; infinite where there is none.

    Returns
    -------
    float32 array (m, k)
        In [1e-6, 1]; larger = more alike.

    Notes
    -----
    O(m k d).
    """
    unit = normalize_rows(points)
    alike = np.stack([np.einsum("id,id->i", unit, unit[column]) for column in neighbors.T], axis=1)
    weighed: Floats = np.clip(alike, MIN_WEIGHT, 1).astype(np.float32)
    return weighed


def normalize_rows(points: Floats) -> Floats:
    """Return every row scaled to length 1.

    Parameters
    ----------
    points : float32 array (m, d)
        Feature vectors, finite.

    Returns
    -------
    float32 array (m, d)
        A row of zeros stays as it is.
    """
    length = np.linalg.norm(points, axis=1, keepdims=True)
    length[length == 0] = 1
    unit: Floats = np.divide(points, length, dtype=np.float32)
    return unit


WEIGHTS = {"self_tuned": self_tuned, "binary": binary, "cosine": cosine}


def union(one_way: sparse.csr_array) -> sparse.csr_array:
    """Select the edges where either end chose the other: ``max(W, W^T)``.

    Parameters
    ----------
    one_way : CSR array (m, m)
        Row i = the weights of the neighbors that node i chose.

    Returns
    -------
    CSR array (m, m)
        Symmetric.
    """
    return sparse.csr_array(one_way.maximum(one_way.T))


def mutual(one_way: sparse.csr_array) -> sparse.csr_array:
    """Select the edges where both ends chose each other: ``min(W, W^T)``.

    Parameters
    ----------
    one_way : CSR array (m, m)
        Row i = the weights of the neighbors that node i chose.

    Returns
    -------
    CSR array (m, m)
        Symmetric; nodes can end up isolated.
    """
    both = sparse.csr_array(one_way.minimum(one_way.T))
    both.eliminate_zeros()
    return both


SYMMETRIES = {"union": union, "mutual": mutual}
