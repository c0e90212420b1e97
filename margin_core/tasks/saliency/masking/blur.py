"""Hidden parts are blurred beyond recognition."""

from __future__ import annotations

import numpy as np

from margin_core.tasks.saliency.masking.fill import Fill
from margin_core.values import Floats

WIDTH = 20
"""The deviation of the Gaussian is this part of the longer side."""


def blur(picture: Floats) -> Fill:
    """Fill with the picture (channels, h, w) itself, blurred by a Gaussian."""
    from scipy.ndimage import gaussian_filter  # slow to import

    deviation = max(picture.shape[1:]) / WIDTH
    soft = np.stack([gaussian_filter(channel, deviation) for channel in picture])
    return lambda visible: soft
