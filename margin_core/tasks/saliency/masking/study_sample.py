"""One sample of a study: how it is cut into nodes, and how its parts are hidden from the study's model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from margin_core.domain.image_parts import COUNTS, choose_grid, superpixels
from margin_core.domain.variables import columns, words
from margin_core.errors import ModelError, ParameterError
from margin_core.tasks.saliency.masking.blur import blur
from margin_core.tasks.saliency.masking.fill import Fill
from margin_core.tasks.saliency.masking.inpaint import inpaint
from margin_core.tasks.saliency.masking.masked_picture import MaskedPicture, MaskedView, channels_first
from margin_core.tasks.saliency.masking.masked_row import MaskedRow, column_draws, column_means
from margin_core.tasks.saliency.masking.masked_sample import MaskedSample
from margin_core.tasks.saliency.masking.masked_text import MaskedText
from margin_core.tasks.saliency.masking.mean import mean
from margin_core.tasks.saliency.masking.noise import noise
from margin_core.values import Floats, Ints, Study

FILLS: dict[str, Callable[[Floats], Fill]] = {"mean": mean, "blur": blur, "noise": noise, "inpaint": inpaint}
"""What stands where a picture (channels, h, w) is hidden."""

STAND_INS: dict[str, Callable[[Floats], Floats]] = {"mean": column_means, "noise": column_draws}
"""What stands where a column is hidden, from all rows of the study."""


@dataclass(frozen=True, eq=False)
class Parts:
    """How a sample is cut.

    Attributes
    ----------
    layout : int array (r, places)
        The node of each place in each division.
    names : tuple of str, length m
        Of the nodes; unique.
    size : (int, int) or None
        Height and width, of a picture.
    """

    layout: Ints
    names: tuple[str, ...]
    size: tuple[int, int] | None


def cut(study: Study, row: int) -> Parts:
    """Cut a sample of a study into nodes: superpixels of several sizes, columns or words.

    Raises
    ------
    ModelError
        The sample is neither a picture nor a row of numbers nor a text.
    """
    sample = _sample(study, row)
    if isinstance(sample, str):
        named = tuple(f"{place} {word}" for place, word in enumerate(words(sample), start=1))
        return Parts(columns(len(named)), named, None)
    if _is_picture(sample):
        size = (sample.shape[0], sample.shape[1])
        layout = superpixels(sample, choose_grid(size, _view(study.model)))
        named = tuple(
            f"{count}.{number}"
            for count, part in zip(COUNTS, layout, strict=True)
            for number in range(1, len(np.unique(part)) + 1)
        )
        return Parts(layout, named, size)
    names = getattr(study.inputs, "names", ())
    different = len(set(names)) == len(sample)
    return Parts(
        columns(len(sample)), tuple(names) if different else tuple(map(str, range(1, len(sample) + 1))), None
    )  # fmt: skip


def mask_sample(study: Study, row: int, fill: str) -> MaskedSample:
    """Put a sample before the study's model in such a way that parts of it can be hidden.

    Parameters
    ----------
    study : Study
    row : int
    fill : str
        What stands where a part is hidden: a key of `FILLS` for pictures, of `STAND_INS` for rows. Words are left out.

    Raises
    ------
    ParameterError
        A row of numbers cannot be filled so.
    ModelError
        The sample is neither a picture nor a row of numbers nor a text.
    """
    sample, model = _sample(study, row), study.model
    if isinstance(sample, str):
        return MaskedText(words(sample), model)
    if not _is_picture(sample):
        if fill not in STAND_INS:
            raise ParameterError(
                f"Columns of numbers cannot be hidden by {fill}. Choose one of: {', '.join(STAND_INS)}."
            )
        return MaskedRow(sample, STAND_INS[fill](np.asarray(study.inputs, dtype=np.float32)), model)
    view = _view(model)
    grid = choose_grid((sample.shape[0], sample.shape[1]), view)
    if view is None:
        return MaskedPicture(sample, FILLS[fill](channels_first(sample)), model, grid)
    from margin_core.study.models.runtime import probabilities_of_prepared  # torch is slow to import

    loaded = _loaded(model)
    # In the order of its axes: else every batch of masked pictures would be put in order again, a tenth of the time.
    prepared: Floats = np.ascontiguousarray(loaded.preparation([sample])[0].numpy())
    return MaskedView(prepared, FILLS[fill](prepared), partial(probabilities_of_prepared, loaded), grid)


def _sample(study: Study, row: int) -> NDArray[Any] | str:
    sample = study.inputs[row]
    if isinstance(sample, str):
        if not len(words(sample)):
            raise ModelError(f"Sample '{study.ids[row]}' is a text without a word, so nothing can be hidden in it.")
        return sample
    array = np.asarray(sample)
    if _is_picture(array):
        return array
    if array.ndim == 1 and array.dtype.kind in "fiu" and len(array):
        return _whole_row(study, row, array.astype(np.float32))
    raise ModelError(
        f"Sample '{study.ids[row]}' is {array.dtype} of shape {array.shape}. Saliency is for pictures (uint8, (h, w) "
        "or (h, w, 3)), rows of numbers and texts."
    )


def _whole_row(study: Study, row: int, values: Floats) -> Floats:
    """Refuse a row that lacks a value: a model is never shown one."""
    missing = np.flatnonzero(~np.isfinite(values))
    if len(missing):
        names = getattr(study.inputs, "names", ())
        name = names[missing[0]] if len(names) == len(values) else f"column {missing[0] + 1}"
        raise ModelError(
            f"Sample '{study.ids[row]}' has no value in '{name}'. A model is shown whole rows only, so it says nothing "
            "of this one."
        )
    return values


def _loaded(model: Any) -> Any:
    """Give the model that a name stands for, or the model itself."""
    return getattr(model, "loaded", model)


def _view(model: Any) -> tuple[int, int] | None:
    """Give height and width of what a network sees of a picture; None for a black box."""
    preparation = getattr(_loaded(model), "preparation", None)
    return None if preparation is None else (preparation.height, preparation.width)


def _is_picture(sample: NDArray[Any]) -> bool:
    return (
        sample.dtype == np.uint8
        and (sample.ndim == 2 or (sample.ndim == 3 and sample.shape[2] == 3))
        and bool(sample.size)
    )
