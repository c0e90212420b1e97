"""What the black-box methods share: a picture partly hidden, and what any model makes of it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from margin_core.storage.engine import Progress
from margin_core.study.models.model_spec import ModelSpec
from margin_core.study.models.named_model import NamedModel
from margin_core.values import Doubles, Floats, Model

AT_ONCE = 32
"""Hidden pictures in memory at a time."""

LARGE = 64
"""Pixels: from this side on it pays to look for the fastest way to run a network."""

Picture = NDArray[np.uint8]


def mean_color_fill(picture: Picture) -> Picture:
    """Give a picture of the same shape in the mean colour of this one."""
    mean = picture.reshape(-1, *picture.shape[2:]).mean(axis=0)
    return np.broadcast_to(np.rint(mean).astype(np.uint8), picture.shape)


def hidden(picture: Picture, fill: Picture, visible: Floats) -> Picture:
    """Blend a picture with a fill, of which shares visible (b, h, w) in [0, 1] remain: uint8 (b, h, w[, 3])."""
    share = visible[..., None] if picture.ndim == 3 else visible
    blended = fill + share * (picture.astype(np.float32) - fill)
    return np.rint(blended).astype(np.uint8)


def ask(model: Model, pictures: Picture) -> Doubles:
    """Ask a model for probabilities (b, c) of pictures (b, h, w[, 3]); a large torch network is run as fast as can be.

    That of a network for small pictures would take longer to find than it saves.
    """
    # torch takes a second to import
    from margin_core.study.models.runtime import probabilities_of_prepared
    from margin_core.study.models.torch_model import TorchModel

    model = resolve_model(model)
    if isinstance(model, TorchModel) and min(model.preparation.height, model.preparation.width) >= LARGE:
        return probabilities_of_prepared(model, model.preparation(pictures).numpy())
    return np.asarray(model.probabilities(pictures), dtype=np.float64)


def is_black_box(model: object) -> bool:
    """Say whether a model gives probabilities only; a model by name is not loaded for the answer."""
    if isinstance(model, NamedModel):
        return ModelSpec.of(model.spec).architecture == ""
    return not hasattr(model, "module")


def resolve_model(model: Model) -> Model:
    """Give the model that a study's model stands for: it is loaded when it has something to look at."""
    return model.loaded if isinstance(model, NamedModel) else model


def asked(
    model: Model, picture: Picture, target: int, masks: Iterator[Floats], number: int, progress: Progress
) -> Iterator[tuple[Floats, Doubles]]:
    """Give batches of masks (b, h, w), each with the probabilities (b,) of the target under them.

    Parameters
    ----------
    model : Model
    picture : uint8 array (h, w) or (h, w, 3)
    target : int
    masks : iterator of float arrays (b, h, w)
        What is visible; hidden pixels take the picture's mean colour.
    number : int
        Masks in all.
    progress : callable
    """
    fill = mean_color_fill(picture)
    done = 0
    for some in masks:
        progress(done / number, f"Asking the model about {number:,} partly hidden pictures")
        yield some, ask(model, hidden(picture, fill, some))[:, target]
        done += len(some)
