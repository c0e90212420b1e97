"""Step 2 of the protocol: who is near whom."""

from margin_core.graph.knn import Knn, build_graph

__all__ = ["Knn", "build_graph"]
