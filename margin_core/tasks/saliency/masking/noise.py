"""Hidden parts become noise of the picture's own brightness and contrast."""

from __future__ import annotations

import numpy as np

from margin_core.tasks.saliency.masking.fill import Fill
from margin_core.values import Floats

SEED = 0


def noise(picture: Floats) -> Fill:
    """Fill with one draw of Gaussian noise, mean and deviation by channel those of the picture (channels, h, w)."""
    drawn = np.random.default_rng(SEED).standard_normal(picture.shape)
    mean, deviation = picture.mean(axis=(1, 2), keepdims=True), picture.std(axis=(1, 2), keepdims=True)
    grain = np.clip(mean + deviation * drawn, picture.min(), picture.max()).astype(np.float32)
    return lambda visible: grain
