"""High scores that are not all alike."""

from __future__ import annotations

import numpy as np

from margin_core.tasks.prototypes.kernel import unlikeness
from margin_core.values import Doubles, Floats, Ints

LEAST = 1e-12
"""What is left of a sample that others foretell wholly: keeps its logarithm finite."""


def spread(scores: Doubles, points: Floats, gamma: float, count: int) -> Ints:
    r"""Pick greedily the largest score plus the growth of :math:`\log \det K_S`.

    The determinant of the kernel between those picked is small when two of them are alike; it grows by the part of
    the new one that is not foretold by the others (one row of a Cholesky factor a step).

    Parameters
    ----------
    scores : float array (n,) in [0, 1]
    points : float32 array (n, d)
    gamma : float
    count : int

    Returns
    -------
    int array (min(count, n),)
        In the order picked.

    Notes
    -----
    O(count n (d + count)); the factor is count * n numbers.
    """
    count = min(count, len(scores))
    factor = np.zeros((count, len(scores)), dtype=np.float32)
    left = np.ones(len(scores))
    picked = np.empty(count, dtype=np.int64)
    free = np.ones(len(scores), dtype=bool)
    for step in range(count):
        best = int(np.where(free, scores + np.log(np.maximum(left, LEAST)), -np.inf).argmax())
        picked[step] = best
        free[best] = False
        likeness = 1 - unlikeness(points, points[[best]], gamma)[:, 0]
        row = (likeness - factor[:step].T @ factor[:step, best]) / np.sqrt(max(left[best], LEAST))
        factor[step] = row
        left -= np.square(row)
    return picked
