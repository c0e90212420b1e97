"""LIME for pictures: a linear model over superpixels."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from skimage.segmentation import slic

from margin_core.storage.engine import Progress
from margin_core.tasks.saliency.methods.black_box import AT_ONCE, Picture, asked
from margin_core.values import Doubles, Floats, Model

SUPERPIXELS = 50
SAMPLES = 500

KERNEL = 0.25
"""Width of the kernel: how near a sample must be to the whole picture to count."""

PENALTY = 1.0
"""Of the ridge regression."""


def lime(model: Model, picture: Picture, target: int, progress: Progress) -> Doubles:
    r"""Give each pixel the weight of its superpixel in a ridge regression of the probability, no less than 0.

    Which superpixels are visible is drawn by coins, alike every time; a sample with the share v visible counts
    :math:`\exp(-(1 - \sqrt v)^2 / .25^2)`, by its cosine distance to the whole picture.

    Parameters
    ----------
    model : Model
    picture : uint8 array (h, w) or (h, w, 3)
    target : int
    progress : callable

    Returns
    -------
    float array (h, w)

    References
    ----------
    Ribeiro, Singh and Guestrin, "Why should I trust you?", KDD 2016.
    """
    parts = superpixels(picture)
    number = int(parts.max()) + 1
    visible = np.random.default_rng(0).random((SAMPLES, number)) < 0.5
    batches = asked(model, picture, target, _masks(parts, visible), SAMPLES, progress)
    answers = np.concatenate([some for _, some in batches])
    counts = np.exp(-np.square(1 - np.sqrt(visible.mean(axis=1))) / KERNEL**2)
    weights: Doubles = np.maximum(_ridge(visible.astype(np.float64), answers, counts), 0)[parts]
    return weights


def superpixels(picture: Picture) -> NDArray[np.intp]:
    """Cut a picture into about 50 superpixels (fewer when it is tiny), numbered from 0: (h, w)."""
    height, width = picture.shape[:2]
    number = min(SUPERPIXELS, max(height * width // 4, 1))
    found = slic(picture, n_segments=number, start_label=0, channel_axis=2 if picture.ndim == 3 else None)
    numbers: NDArray[np.intp] = np.unique(found, return_inverse=True)[1].reshape(height, width)
    return numbers


def _masks(parts: NDArray[np.intp], visible: NDArray[np.bool_]) -> Iterator[Floats]:
    for start in range(0, len(visible), AT_ONCE):
        yield visible[start : start + AT_ONCE, parts].astype(np.float32)


def _ridge(samples: Doubles, answers: Doubles, counts: Doubles) -> Doubles:
    """Fit weighted ridge regression with a free intercept; give the coefficients."""
    centred = samples - np.average(samples, axis=0, weights=counts)
    wanted = answers - np.average(answers, weights=counts)
    normal = centred.T @ (counts[:, None] * centred) + PENALTY * np.eye(samples.shape[1])
    return np.asarray(np.linalg.solve(normal, centred.T @ (counts * wanted)))
