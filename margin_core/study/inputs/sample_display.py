"""What a sample is to the eye: a picture, a text, a row of values, or nothing."""

from __future__ import annotations

from itertools import islice
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from margin_core.errors import SourceError
from margin_core.study.inputs.texts import are_texts
from margin_core.values import Ints, Need, Study
from margin_core.values.number_table import NumberTable
from margin_core.values.written_table import ShownValue, written_value

MAX_PIXEL_ART_SIDE = 64
"""Up to this height and width a picture is kept and shown pixel for pixel."""

ShownKind = Literal["picture", "values", "text", "none"]

WORDS = "words"
"""The column that holds the words of samples that come as counts of words only."""

_ROLES = frozenset({"file", "group", "split", "text", "unreadable", "weight", "model_label"})
"""Columns beside the samples that have a meaning of their own."""


def shown_kind(study: Study) -> ShownKind:
    """Return what the samples of a study are to the eye.

    Parameters
    ----------
    study : Study

    Returns
    -------
    str
        ``picture``, ``values``, ``text``, or ``none`` for a study without inputs.
    """
    if not study.has(Need.INPUTS):
        return "none"
    if are_texts(study.inputs):
        return "text"
    shape = getattr(study.inputs, "shape", None)  # files have none
    return "values" if shape is not None and len(shape) < 3 else "picture"


def named_values(study: Study, row: int, first: int | None = None) -> list[ShownValue]:
    """Return the values of a sample that is a row of a table, each with its name, as they were written.

    Parameters
    ----------
    study : Study
        Its samples are rows of numbers.
    row : int
    first : int or None
        So many of them; None: all.

    Returns
    -------
    list of ShownValue
        Those of features first. Names are numbered where the study has none.
    """
    written = getattr(study.inputs, "written", None)
    if written is not None:
        return list(islice(written.row(row), first))
    values = np.asarray(study.inputs[row]).ravel()[:first]
    names = getattr(study.inputs, "names", None) or [f"column {number + 1}" for number in range(len(values))]
    return [ShownValue(str(name), f"{value:.6g}") for name, value in zip(names[: len(values)], values, strict=True)]


def values_beside(study: Study, row: int) -> list[ShownValue]:
    """Return the values of the columns that came beside a sample that is a picture or a text, each with its name.

    Parameters
    ----------
    study : Study
    row : int

    Returns
    -------
    list of ShownValue
        None of them is a feature. Empty for a study of rows, whose columns are the samples.
    """
    return [
        ShownValue(name, written_value(_plain(column[row])), False) for name, column in columns_beside(study).items()
    ]


def columns_beside(study: Study) -> dict[str, NDArray[Any]]:
    """Return the columns that say something of samples that are pictures or texts, by name.

    Parameters
    ----------
    study : Study

    Returns
    -------
    dict of str to array (n,)
        Without those that say where a sample comes from, how much it counts, or what a model makes of it, and without
        the words of a sample that is nothing else (`words_of`). Empty for a study of rows.
    """
    kind = shown_kind(study)
    if kind == "values":
        return {}
    left_out = _ROLES | {WORDS} if kind == "none" else _ROLES
    return {name: column for name, column in study.columns.items() if name not in left_out and column.ndim == 1}


def words_of(study: Study, row: int) -> str | None:
    """Return the words of a sample that comes as counts of words only.

    Parameters
    ----------
    study : Study
    row : int

    Returns
    -------
    str or None
        Separated by commas, the most telling first; None where the words are not known, or the sample is more.
    """
    if study.has(Need.INPUTS) or WORDS not in study.columns:
        return None
    return str(study.columns[WORDS][row])


def _plain(value: object) -> object:
    return value.item() if isinstance(value, np.generic) else value


def variable_values(study: Study, row: int) -> list[ShownValue]:
    """Return the values of a sample that saliency weighs, one for each variable and in that order, as they are written.

    Parameters
    ----------
    study : Study
        Its samples are rows of numbers.
    row : int

    Returns
    -------
    list of ShownValue
        Names are numbered where the study has none.
    """
    found = named_values(study, row)
    if getattr(study.inputs, "written", None) is None:
        return found
    by_name = {one.name: one for one in found}
    return [by_name[name] for name in study.inputs.variables]


def written_variable(table: NumberTable, variable: int, columns: Ints, values: NDArray[Any]) -> str:
    """Return a value of a variable that no row of the file has, as it would be written there.

    Parameters
    ----------
    table : NumberTable
    variable : int
        Its place among those of the table.
    columns : int array (k,)
        Its columns in the table, those that are known of it.
    values : float array (k,)
        Of these columns.

    Returns
    -------
    str
        Of a category the likeliest value, of a date the nearest day.
    """
    name = table.variables[variable]
    if name in table.dates:
        return str(np.datetime64(round(float(values[0])), "D"))
    if table.names[columns[0]] == name:
        is_large = table.values.dtype == np.float64  # such as 1,609,459,200 beside 1,609,462,800
        return f"{float(values[0]):.{12 if is_large else 4}g}"
    likeliest: str = table.names[columns[int(np.argmax(values))]]
    return likeliest.removeprefix(f"{name}=")


def to_picture(values: Any) -> NDArray[np.uint8]:
    """Return a sample as the pixels of a picture.

    Parameters
    ----------
    values : array (h, w), (h, w, 1) or (h, w, 3)
        Other numbers than uint8 are scaled from their minimum and maximum to 0 and 255.

    Returns
    -------
    uint8 array (h, w) or (h, w, 3)

    Raises
    ------
    SourceError
        It has the shape of no picture.
    """
    array = np.asarray(values)
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] != 3):
        raise SourceError(
            f"A sample of shape {array.shape} is not a picture. Pictures are (height, width) or (height, width, 3)."
        )
    if array.dtype == np.uint8:
        return array
    finite = np.isfinite(array)
    low = float(array.min(where=finite, initial=np.inf))
    high = float(array.max(where=finite, initial=-np.inf))
    if not high > low:
        return np.zeros(array.shape, dtype=np.uint8)
    scaled = (np.where(finite, array, low) - low) / (high - low)
    return (255 * scaled).astype(np.uint8)
