"""The map: the embedding in two dimensions, for display, never for scoring."""

from margin_core.projection.umap_map import compute_map

__all__ = ["compute_map"]
