"""What an edge weighs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from margin_core.values import Floats

WEAKEST = 1e-6
"""No edge of the graph weighs less: a Gaussian that underflows would cut outliers off for good."""

SCALE_NEIGHBOUR = 7
"""Which neighbour's distance is a node's scale; the paper's choice, and as good as any from 5 to 20."""


# Where there is no neighbour (-1, at infinite distance), what these give is not looked at.


def binary(points: Floats, neighbours: NDArray[np.int32], distances: Floats) -> Floats:
    """Weigh every edge 1."""
    return np.ones_like(distances)


def self_tuned(points: Floats, neighbours: NDArray[np.int32], distances: Floats) -> Floats:
    r"""Weigh by a Gaussian whose width is each node's own scale.

    .. math:: w_{ij} = \exp(-d_{ij}^2 / (\sigma_i \sigma_j)),\quad \sigma_i = d(i, \text{its 7th neighbour})

    Exact duplicates weigh 1. A node with fewer than 7 neighbours takes its last one's distance. A node without, and
    one whose 7 nearest are all duplicates, has no scale of its own and borrows the median scale.

    References
    ----------
    Zelnik-Manor and Perona, Self-tuning spectral clustering, NIPS 2004.
    """
    reached = np.clip((neighbours >= 0).sum(axis=1), 1, SCALE_NEIGHBOUR) - 1
    scale = distances[np.arange(len(distances)), reached].astype(np.float64)
    scale[np.isinf(scale)] = 0
    positive = scale[scale > 0]
    scale = np.where(scale > 0, scale, np.median(positive) if len(positive) else 1.0)
    exponent = distances.astype(np.float64) ** 2 / (scale[:, None] * scale[neighbours])
    weighed: Floats = np.maximum(np.exp(-exponent), WEAKEST).astype(np.float32)
    return weighed


def cosine(points: Floats, neighbours: NDArray[np.int32], distances: Floats) -> Floats:
    """Weigh by the cosine of the angle between the two points as seen from the origin, at least 1e-6."""
    unit = normalize_rows(points)
    alike = np.stack([np.einsum("id,id->i", unit, unit[column]) for column in neighbours.T], axis=1)
    weighed: Floats = np.clip(alike, WEAKEST, 1).astype(np.float32)
    return weighed


def normalize_rows(points: Floats) -> Floats:
    """Scale every row to length 1; a row of zeros stays as it is."""
    length = np.linalg.norm(points, axis=1, keepdims=True)
    length[length == 0] = 1
    unit: Floats = np.divide(points, length, dtype=np.float32)
    return unit


WEIGHTS = {"self_tuned": self_tuned, "binary": binary, "cosine": cosine}


def union(one_way: sparse.csr_array) -> sparse.csr_array:
    """Keep an edge when either end chose the other: ``max(W, W^T)``."""
    return sparse.csr_array(one_way.maximum(one_way.T))


def mutual(one_way: sparse.csr_array) -> sparse.csr_array:
    """Keep an edge when both ends chose each other: ``min(W, W^T)``; nodes can end up isolated."""
    both = sparse.csr_array(one_way.minimum(one_way.T))
    both.eliminate_zeros()
    return both


SYMMETRIES = {"union": union, "mutual": mutual}
