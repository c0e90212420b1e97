"""Occlusion: a window slides over the picture."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from margin_core.storage.engine import Progress
from margin_core.tasks.saliency.methods.black_box import BATCH_SIZE, Picture, predict_masked, predict_probabilities
from margin_core.values import Doubles, Floats, Model

WINDOWS = 7
"""Windows side by side; neighbors overlap by half."""


def occlusion(model: Model, picture: Picture, target: int, progress: Progress) -> Doubles:
    r"""Compute the mean drop of the probability over the windows that hide a pixel, negative means as 0.

    Windows are a seventh of the picture high and wide, half a window apart, and filled with its mean color: 169. The
    last ones lie within the picture; in Captum's Occlusion they reach beyond it (docs/decisions/0017).

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
    Zeiler and Fergus, Visualizing and understanding convolutional networks, ECCV 2014.
    """
    size = picture.shape[:2]
    windows = [(rows, columns) for rows in _spans(size[0]) for columns in _spans(size[1])]
    unmasked = float(predict_probabilities(model, picture[None])[0, target])
    total, times = np.zeros(size), np.zeros(size)
    for visible, masked in predict_masked(model, picture, target, _masks(windows, size), len(windows), progress):
        total += np.tensordot(unmasked - masked, 1 - visible, axes=1)
        times += (1 - visible).sum(axis=0)
    return np.maximum(total / times, 0)


def _spans(length: int) -> list[slice]:
    """Return overlapping spans that cover a side."""
    span = max(round(length / WINDOWS), 1)
    step = max(span // 2, 1)
    starts = sorted({min(start, length - span) for start in range(0, length - span + step, step)})
    return [slice(start, start + span) for start in starts]


def _masks(windows: list[tuple[slice, slice]], size: tuple[int, ...]) -> Iterator[Floats]:
    for start in range(0, len(windows), BATCH_SIZE):
        batch = windows[start : start + BATCH_SIZE]
        visible = np.ones((len(batch), *size), np.float32)
        for mask, window in zip(visible, batch, strict=True):
            mask[window] = 0
        yield visible
