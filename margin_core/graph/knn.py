"""The nearest-neighbour graph, as a recipe."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from margin_core.engine import Run
from margin_core.fingerprint import fingerprint
from margin_core.graph.weights import SYMMETRIES, WEIGHTS, normalised
from margin_core.knobs import Recipe, knob
from margin_core.types import Domain, Floats, Graph, usable_rows

VERSION = 2
"""Raised whenever the same recipe and points would give another graph."""


@dataclass(frozen=True)
class Knn(Recipe):
    """Join every node with its k nearest.

    Attributes
    ----------
    k : int
        Where a domain has fewer than k + 1 nodes, all others are neighbours.
    metric : {'euclidean', 'cosine'}
        Cosine distance is ``1 - cos``; a row of zeros lies at distance 1/2 from all that are
        not zero.
    weights : {'self_tuned', 'binary', 'cosine'}
        See `margin_core.graph.weights`.
    symmetry : {'union', 'mutual'}
    """

    k: int = knob(20, help="Number of neighbours.", low=1, high=1000)
    metric: str = knob("euclidean", help="How distance is measured.", choices=("euclidean", "cosine"))
    weights: str = knob("self_tuned", help="What an edge weighs.", choices=tuple(WEIGHTS))
    symmetry: str = knob(
        "union", help="Keep an edge when either end chose the other, or both.", choices=tuple(SYMMETRIES)
    )


def build_graph(recipe: Knn, domain: Domain, run: Run | None = None) -> Graph:
    """Build the graph of a domain, once for each recipe and set of points.

    Parameters
    ----------
    recipe : Knn
    domain : Domain
        A node with a missing (NaN, infinite, beyond 1e15) coordinate stays isolated, and is nobody's neighbour.
    run : Run, optional

    Returns
    -------
    Graph
        ``neighbours`` has ``min(k, usable nodes - 1)`` columns.

    Notes
    -----
    O(m^2 d) exact, about O(m^1.5 d) for large domains; see `margin_core.graph.search.nearest`.
    """
    run = run or Run()
    key = fingerprint(VERSION, recipe, domain.fingerprint)
    return Graph.from_arrays(run.step("graph", key, lambda: _build(recipe, domain.points).to_arrays()))


def _build(recipe: Knn, points: Floats) -> Graph:
    from margin_core.graph.search import nearest  # faiss is slow to import, and most graphs are remembered

    m = len(points)
    usable = np.flatnonzero(usable_rows(points))
    k = min(recipe.k, len(usable) - 1)
    if k < 1:
        return Graph(
            weights=sparse.csr_array((m, m), dtype=np.float32),
            neighbours=np.empty((m, 0), dtype=np.int32),
            distances=np.empty((m, 0), dtype=np.float32),
        )
    kept = points[usable]
    if recipe.metric == "cosine":
        found, away = nearest(normalised(kept), k)
        away = np.square(away) * np.float32(0.5)  # for unit vectors, |x - y|^2 = 2 (1 - cos)
    else:
        found, away = nearest(kept, k)
    weighed = WEIGHTS[recipe.weights](kept, found, away)

    neighbours = np.full((m, k), -1, dtype=np.int32)
    neighbours[usable] = usable[found]
    distances = np.full((m, k), np.inf, dtype=np.float32)
    distances[usable] = away
    rows = np.repeat(usable, k)
    one_way = sparse.csr_array((weighed.ravel(), (rows, neighbours[usable].ravel())), shape=(m, m))
    return Graph(weights=SYMMETRIES[recipe.symmetry](one_way), neighbours=neighbours, distances=distances)
