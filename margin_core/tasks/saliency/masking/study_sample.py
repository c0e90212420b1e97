"""One sample of a study: how it is split into nodes, and how parts of it are masked for the study's model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from margin_core.errors import ModelError, ParameterError
from margin_core.tasks.saliency.image_parts import SEGMENT_COUNTS, choose_grid, segment_multiscale
from margin_core.tasks.saliency.masking.blur import blur
from margin_core.tasks.saliency.masking.fill import Fill
from margin_core.tasks.saliency.masking.inpaint import inpaint
from margin_core.tasks.saliency.masking.masked_picture import MaskedPicture, MaskedView, channels_first
from margin_core.tasks.saliency.masking.masked_row import MaskedRow, column_means, sample_columns
from margin_core.tasks.saliency.masking.masked_sample import MaskedSample
from margin_core.tasks.saliency.masking.masked_text import MaskedText
from margin_core.tasks.saliency.masking.mean import mean
from margin_core.tasks.saliency.masking.noise import noise
from margin_core.tasks.saliency.variables import column_layout, split_words
from margin_core.values import Floats, Ints, Study
from margin_core.values.arrays import to_rows

FILLS: dict[str, Callable[[Floats], Fill]] = {"mean": mean, "blur": blur, "noise": noise, "inpaint": inpaint}
"""From a picture (channels, h, w) to what its hidden pixels take."""

COLUMN_FILLS: dict[str, Callable[[Floats, Ints], Floats]] = {"mean": column_means, "noise": sample_columns}
"""From all rows of the study (n, d), and the variable of each column, to the values (s, d) that hidden columns take."""


@dataclass(frozen=True, eq=False)
class SampleParts:
    """The parts of one sample.

    Attributes
    ----------
    layout : int array (r, *places)
        The node of each place in each division.
    names : tuple of str
        Of the m nodes; unique.
    size : (int, int) or None
        Height and width of a picture; None otherwise.
    """

    layout: Ints
    names: tuple[str, ...]
    size: tuple[int, int] | None


def split_sample(study: Study, row: int) -> SampleParts:
    """Return the nodes of a sample: superpixels of several sizes, variables or words.

    Parameters
    ----------
    study : Study
        With inputs and a model, whose resolution bounds that of the superpixels.
    row : int

    Returns
    -------
    SampleParts

    Raises
    ------
    ModelError
        The sample is neither a picture nor a row of numbers nor a text.
    """
    sample = _sample(study, row)
    if isinstance(sample, str):
        names = tuple(f"{place} {word}" for place, word in enumerate(split_words(sample).words, start=1))
        return SampleParts(column_layout(len(names)), names, None)
    if _is_picture(sample):
        size = (sample.shape[0], sample.shape[1])
        layout = segment_multiscale(sample, choose_grid(size, _view_size(study.model)))
        names = tuple(
            f"{count}.{number}"
            for count, part in zip(SEGMENT_COUNTS, layout, strict=True)
            for number in range(1, len(np.unique(part)) + 1)
        )
        return SampleParts(layout, names, size)
    given = tuple(getattr(study.inputs, "variables", ()))
    width = int(_variable_of(study, len(sample)).max()) + 1
    numbers = tuple(map(str, range(1, width + 1)))
    return SampleParts(column_layout(width), given if len(set(given)) == width else numbers, None)


def mask_sample(study: Study, row: int, fill: str) -> MaskedSample:
    """Return a sample of a study in the form in which parts of it can be masked for the study's model.

    Parameters
    ----------
    study : Study
        With inputs and a model.
    row : int
    fill : str
        What hidden parts take: a key of `FILLS` for pictures, of `COLUMN_FILLS` for rows. Words are left out.

    Returns
    -------
    MaskedSample

    Raises
    ------
    ParameterError
        Columns of numbers cannot be filled so.
    ModelError
        The sample is neither a picture nor a row of numbers nor a text.
    """
    sample, model = _sample(study, row), study.model
    if isinstance(sample, str):
        return MaskedText(split_words(sample), model)
    if not _is_picture(sample):
        if fill not in COLUMN_FILLS:
            raise ParameterError(
                f"Columns of numbers cannot be hidden by {fill}. Choose one of: {', '.join(COLUMN_FILLS)}."
            )
        variable_of = _variable_of(study, len(sample))
        replacements = COLUMN_FILLS[fill](to_rows(study.inputs), variable_of)
        return MaskedRow(sample, replacements, variable_of, model)
    size = _view_size(model)
    grid = choose_grid((sample.shape[0], sample.shape[1]), size)
    if size is None:
        return MaskedPicture(sample, FILLS[fill](channels_first(sample)), model, grid)
    from margin_core.study.models.runtime import predict_prepared  # torch is slow to import

    loaded = _loaded(model)
    # Contiguous: else every batch of masked pictures would be copied into order, a tenth of the time.
    prepared: Floats = np.ascontiguousarray(loaded.preparation([sample])[0].numpy())
    return MaskedView(prepared, FILLS[fill](prepared), partial(predict_prepared, loaded), grid)


def _variable_of(study: Study, width: int) -> Ints:
    """Return the variable of each column of the rows of a study, (d,); each is one where nobody says otherwise."""
    given: Ints | None = getattr(study.inputs, "variable_of", None)
    return np.arange(width) if given is None else given


def _sample(study: Study, row: int) -> NDArray[Any] | str:
    sample = study.inputs[row]
    if isinstance(sample, str):
        if not sample.strip():
            raise ModelError(f"Sample '{study.ids[row]}' is a text without a word, so nothing can be hidden in it.")
        return sample
    array = np.asarray(sample)
    if _is_picture(array):
        return array
    if array.ndim == 1 and array.dtype.kind in "fiu" and len(array):
        return _complete_row(study, row, to_rows(array))
    raise ModelError(
        f"Sample '{study.ids[row]}' is {array.dtype} of shape {array.shape}. Saliency is for pictures (uint8, (h, w) "
        "or (h, w, 3)), rows of numbers and texts."
    )


def _complete_row(study: Study, row: int, values: Floats) -> Floats:
    """Raise for a row that lacks a value, unless the model takes such rows."""
    missing = np.flatnonzero(~np.isfinite(values))
    if len(missing) and not getattr(study.model, "takes_missing_values", False):
        names = getattr(study.inputs, "names", ())
        name = names[missing[0]] if len(names) == len(values) else f"column {missing[0] + 1}"
        raise ModelError(
            f"Sample '{study.ids[row]}' has no value in '{name}'. A model takes complete rows only, so there is "
            "no prediction for this one."
        )
    return values


def _loaded(model: Any) -> Any:
    """Return the model that a name stands for, or the model itself."""
    return getattr(model, "loaded", model)


def _view_size(model: Any) -> tuple[int, int] | None:
    """Return height and width of the pictures that a network takes; None for a black box."""
    preparation = getattr(_loaded(model), "preparation", None)
    return None if preparation is None else (preparation.height, preparation.width)


def _is_picture(sample: NDArray[Any]) -> bool:
    return (
        sample.dtype == np.uint8
        and (sample.ndim == 2 or (sample.ndim == 3 and sample.shape[2] == 3))
        and bool(sample.size)
    )
