"""Hidden parts are filled from what remains visible around them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from margin_core.tasks.saliency.masking.fill import Fill
from margin_core.values import Floats


def inpaint(picture: Floats) -> Fill:
    """Fill each hidden pixel of a picture (channels, h, w) with the visible ones near it.

    Pull and push: means of the visible pixels on ever coarser grids, and from the coarsest on back to the pixels,
    where a cell without any takes what the grid above says there. The wider the hole, the smoother what stands in it.
    Where nothing is visible at all, the mean colour.

    References
    ----------
    Gortler, Grzeszczuk, Szeliski and Cohen, The Lumigraph, SIGGRAPH 1996.
    """
    mean = picture.mean(axis=(1, 2))

    def fill(visible: NDArray[np.bool_]) -> Floats:
        share = visible[:, None].astype(np.float32)
        return _pulled_and_pushed(share * picture, share, mean)

    return fill


def _pulled_and_pushed(total: Floats, share: Floats, mean: Floats) -> Floats:
    """Divide colours (b, channels, h, w) that are summed over the shares (b, 1, h, w) that they have."""
    if max(total.shape[2:]) == 1:
        return np.where(share > 0, total / np.maximum(share, 1e-12), mean[:, None, None]).astype(np.float32)
    coarse = _pulled_and_pushed(_halved(total), _halved(share), mean)
    pushed = coarse.repeat(2, axis=2).repeat(2, axis=3)[:, :, : total.shape[2], : total.shape[3]]
    known = np.minimum(share, 1)
    filled: Floats = (known * (total / np.maximum(share, 1e-12)) + (1 - known) * pushed).astype(np.float32)
    return filled


def _halved(values: Floats) -> Floats:
    """Add up each four cells; of an odd last row or column what there is."""
    b, channels, h, w = values.shape
    padded = np.zeros((b, channels, h + h % 2, w + w % 2), values.dtype)
    padded[:, :, :h, :w] = values
    summed: Floats = padded.reshape(b, channels, (h + 1) // 2, 2, (w + 1) // 2, 2).sum(axis=(3, 5))
    return summed
