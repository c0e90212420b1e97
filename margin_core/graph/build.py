"""From a recipe and a domain to a graph, once."""

from __future__ import annotations

from typing import TypeAlias

from margin_core.graph.given import GivenGraph
from margin_core.graph.knn import Knn
from margin_core.storage.engine import Run
from margin_core.storage.fingerprint import fingerprint
from margin_core.values import Domain, Graph

GraphRecipe: TypeAlias = Knn | GivenGraph
"""Step 2 of a task."""

VERSION = 3
"""Raised whenever the same recipe and points would give another graph."""


def build_graph(recipe: GraphRecipe, domain: Domain, run: Run | None = None) -> Graph:
    """Compute the graph of a domain, once for each recipe and set of points.

    Parameters
    ----------
    recipe : Knn or GivenGraph
    domain : Domain
        A node with a missing (NaN, infinite, beyond 1e15) coordinate stays isolated, and is nobody's neighbor.
        Nodes of one group are not joined. Where there are splits, a node takes edges from its own and from split 0, no
        other: the graph of split 0 is as if there were no other (docs/decisions/0009).
    run : Run, optional
        The graph is a step of its engine.

    Returns
    -------
    Graph
        ``neighbours`` has ``min(k, usable nodes - 1)`` columns; -1 at the end of a row where groups and splits leave
        fewer.

    Notes
    -----
    O(m^2 d) exact, about O(m^1.5 d) for large domains; see `margin_core.graph.search.find_nearest_neighbors`.
    """
    run = run or Run()
    key = fingerprint(VERSION, recipe, domain.fingerprint)
    return Graph.from_arrays(run.step("graph", key, lambda: recipe.compute(domain).to_arrays()))
