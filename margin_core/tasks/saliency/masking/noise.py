"""Hidden pixels become noise of the picture's own brightness and contrast."""

from __future__ import annotations

import numpy as np

from margin_core.tasks.saliency.masking.fill import Fill
from margin_core.values import Floats

SEED = 0


def noise(picture: Floats) -> Fill:
    """Return a fill with Gaussian noise, its mean and standard deviation by channel those of the picture.

    Parameters
    ----------
    picture : float32 array (channels, h, w)

    Returns
    -------
    callable
        From masks (b, h, w) to noise (channels, h, w) within the range of the picture, the same every time.
    """
    standard = np.random.default_rng(SEED).standard_normal(picture.shape)
    mean, deviation = picture.mean(axis=(1, 2), keepdims=True), picture.std(axis=(1, 2), keepdims=True)
    noisy = np.clip(mean + deviation * standard, picture.min(), picture.max()).astype(np.float32)
    return lambda visible: noisy
