"""The map: the embedding in two dimensions, for looking at, never for scoring."""

from margin_core.projection.umap_map import lay_out

__all__ = ["lay_out"]
