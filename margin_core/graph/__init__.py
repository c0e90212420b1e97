"""Step 2 of the protocol: which nodes are neighbors, and what each edge weighs."""

from margin_core.graph.knn import Knn, build_graph

__all__ = ["Knn", "build_graph"]
