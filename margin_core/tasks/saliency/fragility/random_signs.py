"""Changes by chance."""

from __future__ import annotations

import numpy as np

from margin_core.tasks.saliency.methods.black_box import Picture

DRAWS = 5
"""Random signs are drawn again so often when the model's answer does not survive them."""


def random_signs(view: Picture, eps: int, drawn: np.random.Generator) -> Picture:
    """Move every value of a picture by eps, up or down by chance, within 0 to 255."""
    moved = view.astype(np.int32) + eps * (2 * drawn.integers(0, 2, view.shape) - 1)
    return np.asarray(np.clip(moved, 0, 255), dtype=np.uint8)
