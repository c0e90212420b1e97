"""LIME for pictures: a linear model over superpixels."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from margin_core.storage.engine import Progress
from margin_core.tasks.saliency.image_parts import segment
from margin_core.tasks.saliency.methods.black_box import BATCH_SIZE, Picture, predict_masked
from margin_core.values import Doubles, Floats, Ints, Model

SUPERPIXELS = 50
N_MASKS = 500

KERNEL_WIDTH = 0.25
"""How near a sample must be to the whole picture to count, by cosine distance."""

PENALTY = 1.0
"""Of the ridge regression."""


def lime(model: Model, picture: Picture, target: int, progress: Progress) -> Doubles:
    r"""Compute LIME: the weight of each superpixel in a ridge regression of the probability.

    Each superpixel is visible with probability 1/2, sampled alike every time; a sample with the share v visible has the
    weight :math:`\exp(-(1 - \sqrt v)^2 / 0.25^2)`, by its cosine distance to the whole picture. Captum's LIME gives the
    same; why it is not called: docs/decisions/0017.

    Parameters
    ----------
    model : Model
    picture : uint8 array (h, w) or (h, w, 3)
    target : int
    progress : callable

    Returns
    -------
    float64 array (h, w)
        0 or more, larger = more important.

    References
    ----------
    Ribeiro, Singh and Guestrin, "Why should I trust you?", KDD 2016.
    """
    from sklearn.linear_model import Ridge  # slow to import

    parts = compute_segments(picture)
    visible = np.random.default_rng(0).random((N_MASKS, int(parts.max()) + 1)) < 0.5
    batches = predict_masked(model, picture, target, _masks(parts, visible), N_MASKS, progress)
    probabilities = np.concatenate([some for _, some in batches])
    weights = np.exp(-np.square(1 - np.sqrt(visible.mean(axis=1))) / KERNEL_WIDTH**2)
    fitted = Ridge(alpha=PENALTY).fit(visible.astype(np.float64), probabilities, sample_weight=weights)
    return np.asarray(np.maximum(fitted.coef_, 0)[parts])


def compute_segments(picture: Picture) -> Ints:
    """Return about 50 superpixels of a picture, fewer when it is tiny.

    Parameters
    ----------
    picture : uint8 array (h, w) or (h, w, 3)

    Returns
    -------
    int64 array (h, w)
        Numbered from 0.
    """
    height, width = picture.shape[:2]
    return segment(picture, min(SUPERPIXELS, max(height * width // 4, 1)))


def _masks(parts: Ints, visible: NDArray[np.bool_]) -> Iterator[Floats]:
    for start in range(0, len(visible), BATCH_SIZE):
        yield visible[start : start + BATCH_SIZE, parts].astype(np.float32)
