"""Hidden parts take the picture's mean colour."""

from __future__ import annotations

import numpy as np

from margin_core.tasks.saliency.masking.fill import Fill
from margin_core.values import Floats


def mean(picture: Floats) -> Fill:
    """Fill with the mean of each channel: (channels, h, w) -> the same for every mask."""
    flat = np.broadcast_to(picture.mean(axis=(1, 2), keepdims=True), picture.shape)
    return lambda visible: flat
