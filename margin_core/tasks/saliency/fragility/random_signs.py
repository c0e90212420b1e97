"""Random changes of a picture."""

from __future__ import annotations

import numpy as np

from margin_core.tasks.saliency.methods.black_box import Picture

MAX_TRIES = 5
"""How often random signs are sampled, until the prediction survives them."""


def random_signs(view: Picture, eps: int, rng: np.random.Generator) -> Picture:
    """Return a picture each value of which is moved by eps, up or down at random.

    Parameters
    ----------
    view : uint8 array (h, w) or (h, w, 3)
    eps : int
        On the scale 0 to 255.
    rng : numpy.random.Generator

    Returns
    -------
    uint8 array of the picture's shape
    """
    moved = view.astype(np.int32) + eps * (2 * rng.integers(0, 2, view.shape) - 1)
    return np.asarray(np.clip(moved, 0, 255), dtype=np.uint8)
