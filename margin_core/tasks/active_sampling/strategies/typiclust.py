"""TypiClust: the most typical sample of each cluster in which none is labeled."""

from __future__ import annotations

import numpy as np

from margin_core.function.distances import squared_distances
from margin_core.interpretation.near_ties import find_near_largest
from margin_core.storage.engine import Run
from margin_core.tasks.active_sampling.strategies.pool import SamplingPool
from margin_core.values import Doubles, Floats, Ints

MAX_CLUSTERS = 500
MAX_TYPICAL_NEIGHBORS = 20
MIN_CLUSTER = 5
"""As in the paper: more clusters are too many to find, and a smaller one has no typical sample."""

MAX_EXACT_CLUSTERS = 50
"""Of more, clusters are found from small random parts of the data, as the authors' code does."""

MAX_CLUSTER_SAMPLES = 4_000
"""Members of a cluster that typicality is computed for and against."""


def typiclust(pool: SamplingPool, count: int, run: Run) -> Ints:
    r"""Select from the clusters with fewest labeled samples, largest first, the most typical sample of each.

    There are as many clusters (k-means) as labels after the batch, at most `MAX_CLUSTERS`. Typicality is

    .. math:: \Big(\frac{1}{K} \sum_{j \in N_K(i)} \lVert x_i - x_j \rVert\Big)^{-1}

    over the K nearest in the cluster.

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
        Rows of the pool, in the order selected. Another count has other clusters.

    References
    ----------
    Hacohen, Dekel, Weinshall, Active learning on a budget: opposite strategies suit high and low budgets, ICML 2022;
    their code.
    """
    rows = np.sort(np.concatenate([pool.candidates, pool.labeled]))
    count = min(count, len(pool.candidates))
    if count == 0:
        return pool.candidates[:0]
    clusters = min(len(pool.labeled) + count, MAX_CLUSTERS)
    run.report(0.0, f"Clustering {len(rows):,} samples")
    cluster_of = np.full(len(pool.ids), -1)
    cluster_of[rows] = _clusters(pool.points[rows], clusters, pool.seed)
    labeled = np.bincount(cluster_of[pool.labeled], minlength=clusters)
    free = np.zeros(len(pool.ids), dtype=bool)
    free[pool.candidates] = True
    sizes = np.bincount(cluster_of[rows], minlength=clusters)
    typical: dict[int, tuple[Ints, Doubles]] = {}
    selected: list[int] = []
    while len(selected) < count:
        run.report(0.5 + 0.5 * len(selected) / count, f"Selecting among {len(pool.candidates):,} samples")
        left = np.bincount(cluster_of[free], minlength=clusters) > 0
        usable = left & (sizes >= MIN_CLUSTER) if (left & (sizes >= MIN_CLUSTER)).any() else left
        open_ones = np.flatnonzero(usable)
        best = int(open_ones[np.lexsort((open_ones, -sizes[open_ones], labeled[open_ones]))[0]])
        if best not in typical:
            own = np.flatnonzero(cluster_of == best)[:MAX_CLUSTER_SAMPLES]
            typical[best] = own, _typicality(pool.points[own])
        own, values = typical[best]
        still = free[own]
        # Of a cluster beyond the limit, the others follow once its first part is used up.
        one = (
            int(own[still][find_near_largest(values[still])[0]])
            if still.any()
            else int(np.flatnonzero(free & (cluster_of == best))[0])
        )
        selected.append(one)
        free[one] = False
        labeled[best] += 1
    return np.array(selected, dtype=np.int64)


def _clusters(points: Floats, count: int, seed: int) -> Ints:
    from sklearn.cluster import KMeans, MiniBatchKMeans
    from threadpoolctl import threadpool_limits

    distinct = len(np.unique(points, axis=0))
    kind = KMeans if count <= MAX_EXACT_CLUSTERS else MiniBatchKMeans
    with threadpool_limits(1):  # what is summed in another order may be another cluster
        found = kind(min(count, distinct), n_init=1, random_state=seed).fit_predict(points)
    return np.asarray(found, dtype=np.int64)


def _typicality(points: Floats) -> Doubles:
    k = min(MAX_TYPICAL_NEIGHBORS, len(points) - 1)
    if k < 1:
        return np.ones(len(points))
    apart = squared_distances(points, points)
    np.fill_diagonal(apart, np.inf)
    near = np.sqrt(np.partition(apart, k - 1, axis=1)[:, :k])
    values: Doubles = 1 / (near.mean(axis=1, dtype=np.float64) + 1e-5)
    return values
