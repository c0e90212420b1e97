"""Nearest neighbors of every point, through faiss."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import faiss
import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from margin_core.graph.constraints import EdgeConstraints
from margin_core.values import Floats, Ints

MAX_EXACT_COST = 2e10
"""Up to this many multiplications (m^2 d) every pair is compared: about a second on one core."""

COARSE_DIMENSIONS = 32
"""Leading principal components in which points are divided into cells; distances are those of all coordinates."""

MAX_DIRECTION_SAMPLES = 4096
"""Points from which these directions are found."""

MIN_RECALL = 0.98
"""Cells are searched so widely that this share of true neighbors is among the candidates of a sample."""

RECALL_SAMPLES = 256
"""Size of that sample."""

MAX_SHARE_OF_CELLS = 0.4
"""Where more of the cells had to be searched, all points are compared with all: that costs half as much per pair."""

MIN_RELATIVE_DISTANCE = 0.02
"""A squared distance below this share of the squared lengths is computed again from the difference."""

MAX_BLOCK_DISTANCES = 2_000_000
"""Distances that are held at once, in each thread, where some points are compared with all."""

T = TypeVar("T")
R = TypeVar("R")


def find_nearest_neighbors(
    points: Floats, k: int, *, constraints: EdgeConstraints | None = None, exact_cost: float = MAX_EXACT_COST
) -> tuple[NDArray[np.int32], Floats]:
    """Compute the k nearest other points of every point, by Euclidean distance.

    Parameters
    ----------
    points : float32 array (m, d)
        Finite.
    k : int
        At least 1 and less than m.
    constraints : EdgeConstraints, optional
        Which points may not be whose neighbors.
    exact_cost : float
        Above ``m * m * d`` of this, points are compared with those of nearby cells only, if few cells hold nearly all
        neighbors.

    Returns
    -------
    neighbors : int32 array (m, k)
        Nearest first, ties by number. A point is never its own neighbor, whatever its duplicates. -1 at the end
        where the constraints leave fewer than k.
    distances : float32 array (m, k)
        Exactly 0 between duplicates; infinite where there is no neighbor.

    Notes
    -----
    O(m^2 d), or about O(m^1.5 d) with cells, which find at least 98 % of the true neighbors of a sample.
    """
    m, d = points.shape
    # |x - y|^2 = |x|^2 - 2xy + |y|^2 is fast and loses digits far from the origin.
    centered = np.ascontiguousarray(points - points.mean(axis=0))
    # One more than k, since a point finds itself: no constraint forbids that here.
    if m * m * d > exact_cost:
        squared, found = _through_cells(centered, k + 1, constraints)
    elif constraints is None:
        squared, found = faiss.knn(centered, centered, k + 1)
    else:
        squared, found = _every_pair(centered, np.arange(m), k + 1, constraints)
    return _sorted_neighbors(centered, *_without_self(squared, found, k))


def _every_pair(points: Floats, queries: Ints, k: int, constraints: EdgeConstraints) -> tuple[Floats, Ints]:
    """Compare some points with all, block by block."""
    everyone = np.arange(len(points))
    length = np.einsum("md,md->m", points, points)
    blocks = np.array_split(queries, len(queries) * len(points) // MAX_BLOCK_DISTANCES + 1)
    closest = _in_parallel(lambda own: _closest(points, length, own, everyone, k, constraints), blocks)
    squared, found = zip(*closest, strict=True)
    return np.concatenate(squared), np.concatenate(found)


def _in_parallel(work: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """Run the work on each item, with one BLAS thread: threads that share one small product wait for each other."""
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(os.cpu_count()) as threads:
        return list(threads.map(work, items))


def _closest(
    points: Floats, length: Floats, own: Ints, candidates: Ints, k: int, constraints: EdgeConstraints | None
) -> tuple[Floats, Ints]:
    """Compute the k nearest candidates, (own, k), in no order; infinite and -1 where the constraints leave fewer."""
    # Candidates are many and `own` are few: the product is a third faster this way round.
    products = np.ascontiguousarray((points[candidates] @ points[own].T).T)
    squared = length[own][:, None] + length[candidates] - 2 * products
    if constraints is not None:
        squared[constraints.forbidden(own, candidates) & (own[:, None] != candidates)] = np.inf
    best = np.argpartition(squared, k - 1, axis=1)[:, :k]
    squared = np.take_along_axis(squared, best, axis=1)
    return squared, np.where(np.isfinite(squared), candidates[best], -1)


def _through_cells(points: Floats, k: int, constraints: EdgeConstraints | None) -> tuple[Floats, Ints]:
    """Search an inverted file cell by cell.

    The members of a cell share their candidates, the members of the nearest cells, so a whole cell is one
    matrix product: five to ten times faster than querying the same inverted file point by point. How many
    cells are near enough is read off a sample: the rank, among the cells, of those that hold its true
    neighbors.
    """
    m, d = points.shape
    coarse = points if d <= COARSE_DIMENSIONS else _leading(points)
    # Small cells follow the data more closely: a neighborhood then has fewer candidates.
    means = faiss.Kmeans(
        coarse.shape[1], int(4 * np.sqrt(m)), niter=4, max_points_per_centroid=64, min_points_per_centroid=1, seed=1
    )
    means.train(coarse)
    cell_of = means.index.search(coarse, 1)[1].ravel()
    sizes = np.bincount(cell_of, minlength=means.k)
    members = np.split(np.argsort(cell_of, kind="stable"), np.cumsum(sizes)[:-1])
    centers = np.asarray(means.centroids)
    _, near = faiss.knn(centers, centers, means.k)
    n_cells = _cells_to_search(points, cell_of, near, k, constraints)
    if constraints is None and n_cells > MAX_SHARE_OF_CELLS * means.k:  # nothing is near anything, as in many columns
        return faiss.knn(points, points, k)
    length = np.einsum("md,md->m", points, points)
    squared = np.empty((m, k), dtype=np.float32)
    found = np.empty((m, k), dtype=np.int64)

    def search(cell: int) -> None:
        own = members[cell]
        # Where cells are small, or forbidden, more of them may be needed to find k at all.
        searched = max(n_cells, int(np.searchsorted(np.cumsum(sizes[near[cell]]), k)) + 1)
        while True:
            candidates = np.concatenate([members[other] for other in near[cell, :searched]])
            squared[own], found[own] = _closest(points, length, own, candidates, k, constraints)
            if searched >= len(sizes) or (found[own] >= 0).all():
                return
            searched *= 2

    _in_parallel(search, np.flatnonzero(sizes).tolist())
    return squared, found


def _leading(points: Floats) -> Floats:
    """Project on approximate leading principal directions, by two power iterations on a sample (Halko, 2011)."""
    random = np.random.default_rng(0)
    some = points[random.choice(len(points), size=min(MAX_DIRECTION_SAMPLES, len(points)), replace=False)]
    basis = random.standard_normal((points.shape[1], COARSE_DIMENSIONS), dtype=np.float32)
    with threadpool_limits(1, "blas"):
        for _ in range(2):
            basis, _ = np.linalg.qr(some.T @ (some @ basis))
        return points @ basis


def _cells_to_search(points: Floats, cell_of: Ints, near: Ints, k: int, constraints: EdgeConstraints | None) -> int:
    queries = np.random.default_rng(0).choice(len(points), size=min(RECALL_SAMPLES, len(points)), replace=False)
    if constraints is None:
        with threadpool_limits(1, "blas"):
            _, truth = faiss.knn(points[queries], points, k)
    else:
        _, truth = _every_pair(points, queries, k, constraints)
    rank_of = np.argsort(near, axis=1)
    ranks = rank_of[cell_of[queries][:, None], cell_of[truth]][truth >= 0]
    return int(np.quantile(ranks, MIN_RECALL, method="higher")) + 1


def _without_self(squared: Floats, found: Ints, k: int) -> tuple[Floats, Ints]:
    """Remove each point from its own list; where duplicates have taken its place, remove the farthest instead."""
    drop = found == np.arange(len(found))[:, None]
    absent = ~drop.any(axis=1)
    drop[absent, squared[absent].argmax(axis=1)] = True
    return squared[~drop].reshape(len(found), k), found[~drop].reshape(len(found), k)


def _sorted_neighbors(points: Floats, squared: Floats, found: Ints) -> tuple[NDArray[np.int32], Floats]:
    length = np.einsum("md,md->m", points, points)
    imprecise = squared < MIN_RELATIVE_DISTANCE * (length[:, None] + length[found])
    row, column = np.nonzero(imprecise)
    for some in np.array_split(np.arange(len(row)), len(row) * points.shape[1] // 10_000_000 + 1):
        difference = points[row[some]] - points[found[row[some], column[some]]]
        squared[row[some], column[some]] = np.einsum("pd,pd->p", difference, difference)
    by_number = np.argsort(found, axis=1)
    found = np.take_along_axis(found, by_number, axis=1)
    # Roots first: two squares that differ in the last digit can share one, and are then a tie.
    distances = np.sqrt(np.take_along_axis(squared, by_number, axis=1))
    order = np.argsort(distances, axis=1, kind="stable")
    return (
        np.take_along_axis(found, order, axis=1).astype(np.int32),
        np.take_along_axis(distances, order, axis=1),
    )
