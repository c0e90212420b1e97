"""Nearest neighbours of every point, through faiss."""

from __future__ import annotations

import faiss
import numpy as np
from numpy.typing import NDArray

from margin_core.types import Floats

EXACT_COST = 2.5e11
"""Up to this many multiplications (n^2 d) the exact search is used: some seconds on two cores."""

WANTED_RECALL = 0.97
"""The inverted file is searched wider until this share of true neighbours is found in a sample."""

_PROBED = 256
_CHUNK = 4096


def nearest(points: Floats, k: int, *, exact_cost: float = EXACT_COST) -> tuple[NDArray[np.int32], Floats]:
    """Find the k nearest other points of every point, by Euclidean distance.

    Parameters
    ----------
    points : float32 array (m, d)
        Finite.
    k : int
        At least 1 and less than m.
    exact_cost : float
        Above ``m * m * d`` of this, an inverted file (IVF) is searched instead of every pair.

    Returns
    -------
    neighbours : int32 array (m, k)
        Nearest first, ties by number. A point is never its own neighbour, whatever its duplicates.
    distances : float32 array (m, k)
        Computed from the differences, so that duplicates are at exactly 0.

    Notes
    -----
    O(m^2 d) exact; about O(m^1.5 d) with the inverted file, whose recall is checked on 256 points and
    is at least 0.97 there.
    """
    m, d = points.shape
    # faiss expands |x - y|^2 = |x|^2 - 2xy + |y|^2, which loses digits far from the origin.
    centred = np.ascontiguousarray(points - points.mean(axis=0))
    index: faiss.Index = faiss.IndexFlatL2(d)
    index.add(centred)
    if m * m * d > exact_cost:
        index = _inverted_file(centred, index, k)
    _, found = index.search(centred, k + 1)
    neighbours = _without_self(found, k)
    short = np.flatnonzero((neighbours < 0).any(axis=1))
    if len(short):  # An inverted file can run out of points in the cells it looked at.
        everything = faiss.IndexFlatL2(d)
        everything.add(centred)
        neighbours[short] = _without_self(everything.search(centred[short], k + 1)[1], k, short)
    return _in_order(centred, neighbours)


def _inverted_file(points: Floats, exact: faiss.Index, k: int) -> faiss.Index:
    m, d = points.shape
    cells = int(2 * np.sqrt(m))
    index = faiss.IndexIVFFlat(faiss.IndexFlatL2(d), d, cells)
    index.cp.niter, index.cp.max_points_per_centroid, index.cp.seed = 8, 64, 1
    index.train(points)
    index.add(points)
    asked = np.random.default_rng(0).choice(m, size=min(_PROBED, m), replace=False)
    _, truth = exact.search(points[asked], k + 1)
    index.nprobe = 8
    while index.nprobe < cells:
        _, found = index.search(points[asked], k + 1)
        recall = np.mean([np.isin(row, best).mean() for row, best in zip(found, truth, strict=True)])
        if recall >= WANTED_RECALL:
            break
        index.nprobe = min(2 * index.nprobe, cells)
    return index


def _without_self(found: NDArray[np.int64], k: int, own: NDArray[np.int64] | None = None) -> NDArray[np.int32]:
    """Drop each point from its own list; where duplicates crowded it out, drop the farthest instead."""
    own = np.arange(len(found)) if own is None else own
    drop = found == own[:, None]
    drop[~drop.any(axis=1), -1] = True
    others: NDArray[np.int32] = found[~drop].reshape(len(found), k).astype(np.int32)
    return others


def _in_order(points: Floats, neighbours: NDArray[np.int32]) -> tuple[NDArray[np.int32], Floats]:
    neighbours = np.sort(neighbours, axis=1)  # by number first: the stable sort below keeps it for ties
    distances = np.empty(neighbours.shape, dtype=np.float32)
    for start in range(0, len(points), _CHUNK):
        rows = slice(start, start + _CHUNK)
        difference = points[neighbours[rows]] - points[rows, None, :]
        distances[rows] = np.sqrt(np.einsum("ikd,ikd->ik", difference, difference))
    order = np.argsort(distances, axis=1, kind="stable")
    return np.take_along_axis(neighbours, order, axis=1), np.take_along_axis(distances, order, axis=1)
