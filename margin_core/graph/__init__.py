"""Step 2 of the protocol: which nodes are neighbors, and what each edge weighs."""

from margin_core.graph.build import GraphRecipe, build_graph
from margin_core.graph.given import GivenGraph
from margin_core.graph.knn import Knn

__all__ = ["GivenGraph", "GraphRecipe", "Knn", "build_graph"]
