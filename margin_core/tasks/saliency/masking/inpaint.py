"""Hidden pixels are interpolated from those that remain visible around them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from margin_core.tasks.saliency.masking.fill import Fill
from margin_core.values import Floats


def inpaint(picture: Floats) -> Fill:
    """Return a fill that interpolates each hidden pixel from the visible ones near it, by pull and push.

    Visible pixels are averaged on ever coarser grids (pull); from the coarsest on back to the pixels, a cell without
    any takes the value of the grid above (push). The wider the hole, the smoother its fill. Where nothing is visible at
    all, the mean color.

    Parameters
    ----------
    picture : float32 array (channels, h, w)

    Returns
    -------
    callable
        From masks (b, h, w) to a picture for each, (b, channels, h, w).

    References
    ----------
    Gortler, Grzeszczuk, Szeliski and Cohen, The Lumigraph, SIGGRAPH 1996.
    """
    mean = picture.mean(axis=(1, 2))

    def fill(visible: NDArray[np.bool_]) -> Floats:
        weight = visible[:, None].astype(np.float32)
        return _pull_push(weight * picture, weight, mean)

    return fill


def _pull_push(total: Floats, weight: Floats, mean: Floats) -> Floats:
    """Divide sums of colors (b, channels, h, w) by their weights (b, 1, h, w), and interpolate where these are 0."""
    if max(total.shape[2:]) == 1:
        return np.where(weight > 0, total / np.maximum(weight, 1e-12), mean[:, None, None]).astype(np.float32)
    coarse = _pull_push(_sum_quads(total), _sum_quads(weight), mean)
    pushed = coarse.repeat(2, axis=2).repeat(2, axis=3)[:, :, : total.shape[2], : total.shape[3]]
    known = np.minimum(weight, 1)
    filled: Floats = (known * (total / np.maximum(weight, 1e-12)) + (1 - known) * pushed).astype(np.float32)
    return filled


def _sum_quads(values: Floats) -> Floats:
    """Add up each 2 x 2 cells; an odd last row or column is padded with 0."""
    b, channels, h, w = values.shape
    padded = np.zeros((b, channels, h + h % 2, w + w % 2), values.dtype)
    padded[:, :, :h, :w] = values
    summed: Floats = padded.reshape(b, channels, (h + 1) // 2, 2, (w + 1) // 2, 2).sum(axis=(3, 5))
    return summed
