"""Nearest neighbours of every point, through faiss."""

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

EXACT_COST = 2e10
"""Up to this many multiplications (m^2 d) every pair is compared: about a second on one core."""

COARSE = 32
"""Leading principal components in which the cells are drawn; distances are those of all coordinates."""

SAMPLED = 4096
"""Points from which these directions are found."""

WANTED_RECALL = 0.98
"""Cells are searched so widely that this share of true neighbours is among the candidates of a sample."""

ASKED = 256
"""Size of that sample."""

SURE = 0.02
"""A squared distance below this share of the squared lengths is computed again from the difference."""

BLOCK = 2_000_000
"""Distances that are held at once, in each thread, where some points are compared with all."""

T = TypeVar("T")
R = TypeVar("R")


def nearest(
    points: Floats, k: int, *, barriers: EdgeConstraints | None = None, exact_cost: float = EXACT_COST
) -> tuple[NDArray[np.int32], Floats]:
    """Find the k nearest other points of every point, by Euclidean distance.

    Parameters
    ----------
    points : float32 array (m, d)
        Finite.
    k : int
        At least 1 and less than m.
    barriers : EdgeConstraints, optional
        Who may not be whose neighbour.
    exact_cost : float
        Above ``m * m * d`` of this, points are compared with those of nearby cells only.

    Returns
    -------
    neighbours : int32 array (m, k)
        Nearest first, ties by number. A point is never its own neighbour, whatever its duplicates. -1 at the end
        where the barriers leave fewer than k.
    distances : float32 array (m, k)
        Exactly 0 between duplicates; infinite where there is no neighbour.

    Notes
    -----
    O(m^2 d), or about O(m^1.5 d) with cells, which find at least 98 % of the true neighbours of a sample.
    """
    m, d = points.shape
    # |x - y|^2 = |x|^2 - 2xy + |y|^2 is fast and loses digits far from the origin.
    centred = np.ascontiguousarray(points - points.mean(axis=0))
    # One more than asked, since a point finds itself: no barrier is between it and itself here.
    if m * m * d > exact_cost:
        squared, found = _through_cells(centred, k + 1, barriers)
    elif barriers is None:
        squared, found = faiss.knn(centred, centred, k + 1)
    else:
        squared, found = _every_pair(centred, np.arange(m), k + 1, barriers)
    return _in_order(centred, *_without_self(squared, found, k))


def _every_pair(points: Floats, asked: Ints, k: int, barriers: EdgeConstraints) -> tuple[Floats, Ints]:
    """Compare some points with all, block by block."""
    everybody = np.arange(len(points))
    length = np.einsum("md,md->m", points, points)
    blocks = np.array_split(asked, len(asked) * len(points) // BLOCK + 1)
    closest = _side_by_side(lambda own: _closest(points, length, own, everybody, k, barriers), blocks)
    squared, found = zip(*closest, strict=True)
    return np.concatenate(squared), np.concatenate(found)


def _side_by_side(work: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """Do the same to each, a BLAS thread for each: threads that share one small product mostly wait for each other."""
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(os.cpu_count()) as threads:
        return list(threads.map(work, items))


def _closest(
    points: Floats, length: Floats, own: Ints, candidates: Ints, k: int, barriers: EdgeConstraints | None
) -> tuple[Floats, Ints]:
    """Find the k nearest of the candidates, (own, k), in no order; infinite and -1 where the barriers leave fewer."""
    # Candidates are many and `own` are few: the product is a third faster this way round.
    products = np.ascontiguousarray((points[candidates] @ points[own].T).T)
    apart = length[own][:, None] + length[candidates] - 2 * products
    if barriers is not None:
        apart[barriers.between(own, candidates) & (own[:, None] != candidates)] = np.inf
    best = np.argpartition(apart, k - 1, axis=1)[:, :k]
    squared = np.take_along_axis(apart, best, axis=1)
    return squared, np.where(np.isfinite(squared), candidates[best], -1)


def _through_cells(points: Floats, k: int, barriers: EdgeConstraints | None) -> tuple[Floats, Ints]:
    """Search an inverted file cell by cell.

    The members of a cell share their candidates, the members of the nearest cells, so a whole cell is one
    matrix product: five to ten times faster than asking the same inverted file point by point. How many
    cells are near enough is read off a sample: the rank, among the cells, of those that hold its true
    neighbours.
    """
    m, d = points.shape
    coarse = points if d <= COARSE else _leading(points)
    # Small cells follow the data more closely: a neighbourhood then has fewer candidates.
    means = faiss.Kmeans(
        coarse.shape[1], int(4 * np.sqrt(m)), niter=4, max_points_per_centroid=64, min_points_per_centroid=1, seed=1
    )
    means.train(coarse)
    cell_of = means.index.search(coarse, 1)[1].ravel()
    sizes = np.bincount(cell_of, minlength=means.k)
    members = np.split(np.argsort(cell_of, kind="stable"), np.cumsum(sizes)[:-1])
    centres = np.asarray(means.centroids)
    _, near = faiss.knn(centres, centres, means.k)
    wide = _how_wide(points, cell_of, near, k, barriers)
    length = np.einsum("md,md->m", points, points)
    squared = np.empty((m, k), dtype=np.float32)
    found = np.empty((m, k), dtype=np.int64)

    def search(cell: int) -> None:
        own = members[cell]
        # Where cells are small, or barred, more of them may be needed to find k at all.
        taken = max(wide, int(np.searchsorted(np.cumsum(sizes[near[cell]]), k)) + 1)
        while True:
            candidates = np.concatenate([members[other] for other in near[cell, :taken]])
            squared[own], found[own] = _closest(points, length, own, candidates, k, barriers)
            if taken >= len(sizes) or (found[own] >= 0).all():
                return
            taken *= 2

    _side_by_side(search, np.flatnonzero(sizes).tolist())
    return squared, found


def _leading(points: Floats) -> Floats:
    """Project on about the leading principal directions, found by two power iterations on a sample (Halko, 2011)."""
    chance = np.random.default_rng(0)
    some = points[chance.choice(len(points), size=min(SAMPLED, len(points)), replace=False)]
    basis = chance.standard_normal((points.shape[1], COARSE), dtype=np.float32)
    with threadpool_limits(1, "blas"):
        for _ in range(2):
            basis, _ = np.linalg.qr(some.T @ (some @ basis))
        return points @ basis


def _how_wide(points: Floats, cell_of: Ints, near: Ints, k: int, barriers: EdgeConstraints | None) -> int:
    asked = np.random.default_rng(0).choice(len(points), size=min(ASKED, len(points)), replace=False)
    if barriers is None:
        with threadpool_limits(1, "blas"):
            _, truth = faiss.knn(points[asked], points, k)
    else:
        _, truth = _every_pair(points, asked, k, barriers)
    rank_of = np.argsort(near, axis=1)
    ranks = rank_of[cell_of[asked][:, None], cell_of[truth]][truth >= 0]
    return int(np.quantile(ranks, WANTED_RECALL, method="higher")) + 1


def _without_self(squared: Floats, found: Ints, k: int) -> tuple[Floats, Ints]:
    """Drop each point from its own list; where duplicates crowded it out, drop the farthest instead."""
    drop = found == np.arange(len(found))[:, None]
    crowded = ~drop.any(axis=1)
    drop[crowded, squared[crowded].argmax(axis=1)] = True
    return squared[~drop].reshape(len(found), k), found[~drop].reshape(len(found), k)


def _in_order(points: Floats, squared: Floats, found: Ints) -> tuple[NDArray[np.int32], Floats]:
    length = np.einsum("md,md->m", points, points)
    unsure = squared < SURE * (length[:, None] + length[found])
    row, column = np.nonzero(unsure)
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
