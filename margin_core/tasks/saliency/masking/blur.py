"""Hidden pixels take a blurred copy of the picture."""

from __future__ import annotations

import numpy as np

from margin_core.tasks.saliency.masking.fill import Fill
from margin_core.values import Floats

BLUR_DIVISOR = 20
"""The standard deviation of the Gaussian is the longer side over this."""


def blur(picture: Floats) -> Fill:
    """Return a fill with a blurred copy of the picture.

    Parameters
    ----------
    picture : float32 array (channels, h, w)

    Returns
    -------
    callable
        From masks (b, h, w) to the picture under a Gaussian, (channels, h, w).
    """
    from scipy.ndimage import gaussian_filter  # slow to import

    deviation = max(picture.shape[1:]) / BLUR_DIVISOR
    blurred = np.stack([gaussian_filter(channel, deviation) for channel in picture])
    return lambda visible: blurred
