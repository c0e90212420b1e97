r"""The Gaussian kernel :math:`k(x, y) = \exp(-\gamma \lVert x - y \rVert^2)`, computed block by block."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from margin_core.domain.hash_sample import hash_sample
from margin_core.function.distances import MAX_BLOCK_ENTRIES, squared_distances
from margin_core.storage.engine import Run
from margin_core.values import Doubles, Floats, Texts

MAX_MEDIAN_SAMPLES = 1000
"""Samples whose distances make the median."""


def estimate_gamma(points: Floats, neighbors: NDArray[np.int32], ids: Texts) -> float:
    r"""Estimate the kernel width: one over the median squared distance to the farthest neighbor.

    .. math:: \gamma = 1 / \operatorname{median}_i \lVert x_i - x_{i,k} \rVert^2,

    over a hash sample of up to 1,000 samples i, :math:`x_{i,k}` the farthest of the neighbors of i.

    The classical median, over all pairs, is several times wider than a neighborhood and hardly depends on density; it
    is taken where most neighbors are duplicates. Where all points are the same, 1: the kernel is then 1 everywhere.

    Parameters
    ----------
    points : float32 array (m, d)
        The embedding.
    neighbors : int32 array (m, k)
        Nearest first; -1 where there is none.
    ids : array of str (m,)
        They decide which samples are taken.

    Returns
    -------
    float
        Larger than 0, in units of one over a squared distance.
    """
    having = np.flatnonzero((neighbors >= 0).any(axis=1))
    some = having[hash_sample(ids[having], MAX_MEDIAN_SAMPLES)]
    own = points[some].astype(np.float64)
    if len(some) == 0:
        return 1.0
    last = neighbors[some, (neighbors[some] >= 0).sum(axis=1) - 1]
    apart = np.square(own - points[last]).sum(axis=1)
    if np.median(apart) == 0:
        return median_gamma(own)
    return 1.0 / float(np.median(apart))


def median_gamma(points: Doubles) -> float:
    """Compute the kernel width by the classical rule: one over the median squared distance of all pairs.

    Parameters
    ----------
    points : float array (m, d)
        Features of the samples.

    Returns
    -------
    float
        Larger than 0; 1 where all points are the same.
    """
    if len(points) < 2:
        return 1.0
    centered = points - points.mean(axis=0)
    apart = squared_distances(centered, centered)[np.triu_indices(len(points), 1)]
    # Between equal points rounding leaves a little of the squared lengths.
    apart = apart[apart > 1e-12 * np.square(centered).sum(axis=1).max()]
    return 1.0 / float(np.median(apart)) if len(apart) else 1.0


def one_minus_kernel(one: Floats, other: Floats, gamma: float) -> Floats:
    r"""Compute :math:`1 - k(x, y)` between the rows of two arrays.

    Weights that sum to 0 have :math:`w^T K w = -w^T (1 - K) w`, so that distances between means need no more; and
    where all points are near each other :math:`1 - k` retains the digits that k loses.

    Parameters
    ----------
    one : float32 array (a, d)
        Centered.
    other : float32 array (b, d)
        Centered alike.
    gamma : float
        Of the kernel.

    Returns
    -------
    float32 array (a, b)
        In [0, 1]; 0 = the same point, 1 = far apart.
    """
    return to_one_minus_kernel(squared_distances(one, other), gamma)


def to_one_minus_kernel(squared: Floats, gamma: float) -> Floats:
    """Compute :math:`1 - k` from squared distances, in place.

    Parameters
    ----------
    squared : float32 array (a, b)
        At least 0; overwritten.
    gamma : float
        Of the kernel.

    Returns
    -------
    float32 array (a, b)
        In [0, 1].
    """
    squared *= -gamma
    np.expm1(squared, out=squared)
    return np.negative(squared, out=squared)


def sum_one_minus_kernel(points: Floats, others: Floats, gamma: float, run: Run, text: str) -> Doubles:
    """Compute the sum of :math:`1 - k` from each point to all of the others, exactly, block by block.

    Parameters
    ----------
    points : float32 array (a, d)
        Centered.
    others : float32 array (b, d)
        Centered alike.
    gamma : float
        Of the kernel.
    run : Run
        Receives the progress.
    text : str
        Of the progress.

    Returns
    -------
    float array (a,)
        In [0, b].

    Notes
    -----
    O(a b d).
    """
    sums = np.empty(len(points))
    blocks = np.array_split(np.arange(len(points)), len(points) * len(others) // MAX_BLOCK_ENTRIES + 1)
    for number, rows in enumerate(blocks):
        run.report(number / len(blocks), text)
        sums[rows] = one_minus_kernel(points[rows], others, gamma).sum(axis=1, dtype=np.float64)
    return sums
