"""Published saliency methods, as peers of MARGIN's own heatmap.

`attribute` computes a heatmap with any of `METHODS`; torch and Captum are imported when it is first called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from margin_core.lazy_names import lazy_names
from margin_core.tasks.saliency.methods.published import BLACK_BOX, METHODS, Method, find_published_method

if TYPE_CHECKING:
    from margin_core.tasks.saliency.methods.image_attribution import attribute

__all__ = ["BLACK_BOX", "METHODS", "Method", "attribute", "find_published_method"]

__getattr__, __dir__ = lazy_names(__name__, {"image_attribution": ("attribute",)})
