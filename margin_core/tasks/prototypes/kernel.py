r"""The Gaussian kernel :math:`k(x, y) = \exp(-\gamma \lVert x - y \rVert^2)`, never as a whole matrix."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from margin_core.domain.hash_sample import hash_sample
from margin_core.storage.engine import Run
from margin_core.values import Doubles, Floats, Texts

Real = TypeVar("Real", Floats, Doubles)

BLOCK = 8_000_000
"""Entries of a matrix that are held at once: 32 MB a copy."""

ASKED = 1000
"""Samples whose distances make the median."""


def median_gamma(points: Floats, neighbours: NDArray[np.int32], ids: Texts) -> float:
    """Give one over the median of the squared distances to the farthest of the neighbours, of up to 1,000 samples.

    The classical median, over all pairs, is several times wider than a neighbourhood and sees hardly any density; it
    is taken where most neighbours are duplicates. Where all points are the same, 1: the kernel is then 1 everywhere.

    Parameters
    ----------
    points : float32 array (m, d)
    neighbours : int32 array (m, k)
        -1 where there is none.
    ids : array of str (m,)
    """
    having = np.flatnonzero((neighbours >= 0).any(axis=1))
    some = having[hash_sample(ids[having], ASKED)]
    own = points[some].astype(np.float64)
    if len(some) == 0:
        return 1.0
    last = neighbours[some, (neighbours[some] >= 0).sum(axis=1) - 1]
    apart = np.square(own - points[last]).sum(axis=1)
    if np.median(apart) == 0:
        centred = own - own.mean(axis=0)
        apart = squared_distances(centred, centred)[np.triu_indices(len(own), 1)]
        # Between equal points rounding leaves a little of the squared lengths.
        apart = apart[apart > 1e-12 * np.square(centred).sum(axis=1).max()]
    return 1.0 / float(np.median(apart)) if len(apart) else 1.0


def squared_distances(one: Real, other: Real) -> Real:
    """Give the squared distances between the rows of two arrays, (a, b), never negative; centre them first."""
    lengths = np.einsum("ad,ad->a", one, one)[:, None] + np.einsum("bd,bd->b", other, other)
    lengths -= 2 * (one @ other.T)
    apart: Real = np.maximum(lengths, 0, out=lengths)
    return apart


def unlikeness(one: Floats, other: Floats, gamma: float) -> Floats:
    r"""Give :math:`1 - k(x, y)`, (a, b).

    Weights that sum to 0 have :math:`w^T K w = -w^T (1 - K) w`, so that distances between means need no more; and
    where all points are near each other :math:`1 - k` keeps the digits that k has lost.
    """
    exponent = squared_distances(one, other)
    exponent *= -gamma
    np.expm1(exponent, out=exponent)
    return np.negative(exponent, out=exponent)


def unlikeness_sums(points: Floats, others: Floats, gamma: float, run: Run, what: str) -> Doubles:
    """Sum `unlikeness` from each point to all of the others, exactly, block by block. Shape (a,); O(a b d)."""
    sums = np.empty(len(points))
    blocks = np.array_split(np.arange(len(points)), len(points) * len(others) // BLOCK + 1)
    for number, rows in enumerate(blocks):
        run.report(number / len(blocks), what)
        sums[rows] = unlikeness(points[rows], others, gamma).sum(axis=1, dtype=np.float64)
    return sums
