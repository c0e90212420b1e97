"""Diverse samples of high score, by the log-determinant of their kernel matrix."""

from __future__ import annotations

import numpy as np

from margin_core.function.kernel import one_minus_kernel
from margin_core.values import Doubles, Floats, Ints

MIN_RESIDUAL = 1e-12
"""Residual variance of a sample that others predict exactly: keeps its logarithm finite."""


def select_diverse(scores: Doubles, points: Floats, gamma: float, count: int) -> Ints:
    r"""Select greedily the largest score plus the growth of :math:`\log \det K_S`.

    The determinant of the kernel matrix of those selected is small when two of them are alike; it grows by the residual
    variance of the new one given the others (one row of a Cholesky factor a step).

    Parameters
    ----------
    scores : float array (n,) in [0, 1]
        Larger = selected earlier.
    points : float32 array (n, d)
        Centered.
    gamma : float
        Of the Gaussian kernel.
    count : int
        Samples to select at most.

    Returns
    -------
    int array (min(count, n),)
        Rows, in the order selected.

    Notes
    -----
    O(count n (d + count)); the factor is count * n numbers.
    """
    count = min(count, len(scores))
    factor = np.zeros((count, len(scores)), dtype=np.float32)
    residual = np.ones(len(scores))
    selected = np.empty(count, dtype=np.int64)
    free = np.ones(len(scores), dtype=bool)
    for step in range(count):
        best = int(np.where(free, scores + np.log(np.maximum(residual, MIN_RESIDUAL)), -np.inf).argmax())
        selected[step] = best
        free[best] = False
        kernel = 1 - one_minus_kernel(points, points[[best]], gamma)[:, 0]
        row = (kernel - factor[:step].T @ factor[:step, best]) / np.sqrt(max(residual[best], MIN_RESIDUAL))
        factor[step] = row
        residual -= np.square(row)
    return selected
