"""Core-set: each next sample is the one farthest from all that are labeled or selected."""

from __future__ import annotations

import numpy as np

from margin_core.function.distances import squared_distances
from margin_core.interpretation.near_ties import find_near_largest
from margin_core.storage.engine import Run
from margin_core.tasks.active_sampling.strategies.pool import SamplingPool
from margin_core.values import Ints


def k_center(pool: SamplingPool, count: int, run: Run) -> Ints:
    r"""Select greedily the sample that is farthest from the nearest labeled or selected one.

    .. math:: s = \arg\max_i \min_{j \in L \cup S} \lVert x_i - x_j \rVert

    The largest distance of any sample to its nearest is then at most twice the smallest possible. Where none is
    labeled, the first is the one nearest to the mean of all. Outliers are selected early.

    Parameters
    ----------
    pool : SamplingPool
    count : int
        Samples to select at most.
    run : Run
        Receives the progress.

    Returns
    -------
    int array (<= count,)
        Rows of the pool, in the order selected; a smaller count gives the first of them.

    Notes
    -----
    O(n d (labeled + count)).

    References
    ----------
    Sener and Savarese, Active learning for convolutional neural networks: a core-set approach, ICLR 2018; Gonzalez,
    Clustering to minimize the maximum intercluster distance, 1985 (the bound).
    """
    points = pool.points[pool.candidates]
    if len(pool.labeled):
        away = np.square(pool.away_from_labels(pool.candidates).astype(np.float64))
    else:
        away = -np.square(points.astype(np.float64)).sum(axis=1)
    selected: list[int] = []
    for number in range(min(count, len(points))):
        run.report(number / count, f"Selecting among {len(points):,} samples")
        away[selected] = -np.inf
        best = int(find_near_largest(away)[0])
        apart = squared_distances(points, points[[best]])[:, 0]
        away = np.minimum(away, apart) if selected or len(pool.labeled) else apart.astype(np.float64)
        selected.append(best)
    return pool.candidates[selected]
