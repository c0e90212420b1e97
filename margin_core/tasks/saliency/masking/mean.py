"""Hidden pixels take the picture's mean color."""

from __future__ import annotations

import numpy as np

from margin_core.tasks.saliency.masking.fill import Fill
from margin_core.values import Floats


def mean(picture: Floats) -> Fill:
    """Return a fill with the mean of each channel.

    Parameters
    ----------
    picture : float32 array (channels, h, w)

    Returns
    -------
    callable
        From masks (b, h, w) to the mean color, (channels, h, w), the same for every mask.
    """
    color = np.broadcast_to(picture.mean(axis=(1, 2), keepdims=True), picture.shape)
    return lambda visible: color
