"""Distances between points, by matrix products."""

from __future__ import annotations

from typing import TypeVar

import numpy as np

from margin_core.values import Doubles, Floats

Real = TypeVar("Real", Floats, Doubles)

MAX_BLOCK_ENTRIES = 8_000_000
"""Entries of a matrix that are held at once: 32 MB a copy."""


def squared_distances(one: Real, other: Real) -> Real:
    """Compute the squared Euclidean distances between the rows of two arrays, by one matrix product.

    Parameters
    ----------
    one : float array (a, d)
        Centered: far from the origin the differences of squares lose digits.
    other : float array (b, d)
        Centered alike, of the same precision.

    Returns
    -------
    float array (a, b)
        At least 0, in the precision of the points.

    Notes
    -----
    `sklearn.metrics.pairwise.euclidean_distances` turns single into double precision and back, which takes several
    times as long; here single precision is enough, since the points are centered.
    """
    lengths = np.einsum("ad,ad->a", one, one)[:, None] + np.einsum("bd,bd->b", other, other)
    lengths -= 2 * (one @ other.T)
    apart: Real = np.maximum(lengths, 0, out=lengths)
    return apart


def find_nearest_distances(points: Floats, others: Floats) -> Floats:
    """Compute the distance of each point to the nearest of some others.

    Parameters
    ----------
    points : float32 array (n, d)
        Centered.
    others : float32 array (m, d), m >= 1
        Centered alike.

    Returns
    -------
    float32 array (n,)

    Notes
    -----
    O(n m d), block by block.
    """
    nearest = np.empty(len(points), dtype=np.float32)
    for part in np.array_split(np.arange(len(points)), len(points) * len(others) // MAX_BLOCK_ENTRIES + 1):
        nearest[part] = np.sqrt(squared_distances(points[part], others).min(axis=1))
    return nearest
