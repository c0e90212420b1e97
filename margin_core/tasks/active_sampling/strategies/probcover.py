"""ProbCover: samples within a radius of which lie as many others as possible."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from margin_core.domain.hash_sample import hash_sample
from margin_core.function.distances import MAX_BLOCK_ENTRIES, squared_distances
from margin_core.storage.engine import Run
from margin_core.tasks.active_sampling.strategies.pool import SamplingPool
from margin_core.values import Floats, Ints

PURITY = 0.95
"""Share of balls within which all samples are to be of one cluster; as in the paper."""

CLUSTERS = 10
"""Clusters that stand for the classes where their number is not known."""

MAX_SAMPLES = 10_000
"""Samples that are covered and may be selected (100 MB of pairs); of more, a hash sample."""

MAX_RADIUS_SAMPLES = 2_000
"""Samples from which the radius is estimated."""


def probcover(pool: SamplingPool, count: int, run: Run) -> Ints:
    r"""Select greedily the sample whose ball of radius δ has most samples that no ball covers so far.

    δ is the largest radius at which `PURITY` of the balls hold samples of one cluster only (k-means with as many
    clusters as classes). What lies within δ of a labeled sample is covered already.

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
    O(n^2 d), n at most `MAX_SAMPLES`.

    References
    ----------
    Yehuda, Dekel, Hacohen, Weinshall, Active learning through a covering lens, NeurIPS 2022; their code.
    """
    candidates = pool.random_order[: max(MAX_SAMPLES, count)]  # once all is covered, the next is any
    every = np.sort(np.concatenate([pool.candidates, pool.labeled]))
    covered = every[hash_sample(pool.ids[every], MAX_SAMPLES)]
    count = min(count, len(candidates))
    classes = CLUSTERS if pool.probabilities is None else max(pool.probabilities.shape[1], 2)
    run.report(0.0, "Estimating the radius")
    some = every[hash_sample(pool.ids[every], MAX_RADIUS_SAMPLES)]
    radius = estimate_radius(pool.points[some], classes, pool.seed)
    inside = _within(pool.points[candidates], pool.points[covered], radius, run.part(0.1, 0.6))
    open_ones = pool.away_from_labels(covered) > radius
    gains = inside[:, open_ones].sum(axis=1)
    selected: list[int] = []
    for number in range(count):
        run.report(0.6 + 0.4 * number / count, f"Selecting among {len(candidates):,} samples")
        gains[selected] = -1
        best = int(gains.argmax())
        newly = inside[best] & open_ones
        gains = gains - inside[:, newly].sum(axis=1)
        open_ones &= ~newly
        selected.append(best)
    return candidates[selected]


def estimate_radius(points: Floats, classes: int, seed: int) -> float:
    """Estimate the largest radius at which balls are pure.

    Parameters
    ----------
    points : float32 array (n, d)
        Centered.
    classes : int
        Clusters that stand for the classes.
    seed : int
        Of the clustering.

    Returns
    -------
    float
        Of the balls around all points, the share `PURITY` holds points of one cluster only.
    """
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    if len(points) < 2:
        return 0.0
    with threadpool_limits(1):
        cluster = KMeans(min(classes, len(np.unique(points, axis=0))), n_init=1, random_state=seed).fit_predict(points)
    apart = np.sqrt(squared_distances(points, points))
    np.fill_diagonal(apart, 0)
    other = np.where(cluster[:, None] != cluster[None], apart, np.inf).min(axis=1)  # how far a ball stays pure
    pure = np.quantile(other, 1 - PURITY, method="lower")
    return float(pure) if np.isfinite(pure) else float(np.median(apart))


def _within(points: Floats, others: Floats, radius: float, run: Run) -> NDArray[np.bool_]:
    inside = np.empty((len(points), len(others)), dtype=bool)
    parts = np.array_split(np.arange(len(points)), len(points) * len(others) // MAX_BLOCK_ENTRIES + 1)
    for number, part in enumerate(parts):
        run.report(number / len(parts), f"Comparing {len(points):,} samples")
        inside[part] = squared_distances(points[part], others) <= radius**2
    return inside
