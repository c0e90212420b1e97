"""What black-box methods share: a picture partly hidden, and the probabilities that any model gives it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from margin_core.storage.engine import Progress
from margin_core.study.resolved_model import resolve_model
from margin_core.values import Doubles, Floats, Model

BATCH_SIZE = 32
"""Hidden pictures in memory at a time."""

MIN_SIDE_FOR_RUNTIME = 64
"""Pixels: from this side on it pays to look for the fastest way to run a network."""

Picture = NDArray[np.uint8]


def mean_color_fill(picture: Picture) -> Picture:
    """Return a picture of the same shape in the mean color of this one.

    Parameters
    ----------
    picture : uint8 array (h, w) or (h, w, 3)

    Returns
    -------
    uint8 array of the picture's shape
    """
    mean = picture.reshape(-1, *picture.shape[2:]).mean(axis=0)
    return np.broadcast_to(np.rint(mean).astype(np.uint8), picture.shape)


def blend(picture: Picture, fill: Picture, visible: Floats) -> Picture:
    """Return mixtures of a picture and a fill.

    Parameters
    ----------
    picture, fill : uint8 arrays (h, w) or (h, w, 3)
    visible : float32 array (b, h, w)
        The share of the picture in each pixel, in [0, 1].

    Returns
    -------
    uint8 array (b, h, w) or (b, h, w, 3)
    """
    share = visible[..., None] if picture.ndim == 3 else visible
    blended = fill + share * (picture.astype(np.float32) - fill)
    return np.rint(blended).astype(np.uint8)


def predict_probabilities(model: Model, pictures: Picture) -> Doubles:
    """Compute a model's class probabilities of pictures; a large torch network is run in the fastest way there is.

    That of a network for small pictures would take longer to find than it saves.

    Parameters
    ----------
    model : Model
    pictures : uint8 array (b, h, w) or (b, h, w, 3)

    Returns
    -------
    float64 array (b, c)
    """
    # torch takes a second to import
    from margin_core.study.models.runtime import predict_prepared
    from margin_core.study.models.torch_model import TorchModel

    model = resolve_model(model)
    if isinstance(model, TorchModel):
        size = model.preparation.height, model.preparation.width
        if min(size) >= MIN_SIDE_FOR_RUNTIME:
            return predict_prepared(model, model.preparation(pictures).numpy())
    return np.asarray(model.probabilities(pictures), dtype=np.float64)


def predict_masked(
    model: Model, picture: Picture, target: int, masks: Iterator[Floats], number: int, progress: Progress
) -> Iterator[tuple[Floats, Doubles]]:
    """Compute the probability of a class for a picture under masks, batch by batch.

    Parameters
    ----------
    model : Model
    picture : uint8 array (h, w) or (h, w, 3)
    target : int
        The class.
    masks : iterator of float arrays (b, h, w)
        The share of each pixel that is visible, in [0, 1]; hidden pixels take the picture's mean color.
    number : int
        Of masks in all.
    progress : callable
        Stops the work by raising.

    Yields
    ------
    masks : float array (b, h, w)
    probabilities : float64 array (b,)
    """
    fill = mean_color_fill(picture)
    done = 0
    for batch in masks:
        progress(done / number, f"Asking the model about {number:,} partly hidden pictures")
        yield batch, predict_probabilities(model, blend(picture, fill, batch))[:, target]
        done += len(batch)
