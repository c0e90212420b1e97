"""From what people hold (tables, columns, lists) to the parts of a study, or one sentence that says what is wrong."""

from __future__ import annotations

import numbers
import warnings
from collections.abc import Iterator, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from margin_core.errors import SourceError
from margin_core.values.array_like import is_frame, is_missing, to_array
from margin_core.values.arrays import Doubles, least_precise
from margin_core.values.number_table import NumberTable


def to_numbers(where: str, value: Any, dtype: type[np.float32] | type[np.float64]) -> NDArray[Any]:
    """Return a value as an array of real numbers.

    Parameters
    ----------
    where : str
        What it is, for messages.
    value : object
        As for `to_array`; None and ``pandas.NA`` among numbers are missing.
    dtype : numpy.float32 or numpy.float64

    Returns
    -------
    array (n, ...) of that type
        NaN where a value is missing; infinite where it is too large for the type.

    Raises
    ------
    SourceError
        As for `to_array`; or it holds text, dates or complex numbers.
    """
    array = to_array(where, value)
    if array.dtype.kind == "c":
        raise SourceError(f"{where} must be real numbers; got {array.dtype}. Give .real, .imag or the absolute values.")
    if array.dtype.kind in "mM":
        raise SourceError(f"{where} must be numbers; got times ({array.dtype}). Give them as numbers, such as days.")
    if array.dtype.kind == "O":
        array = np.array([np.nan if is_missing(item) else item for item in array.ravel()], object).reshape(array.shape)
    try:
        with np.errstate(over="ignore"), warnings.catch_warnings():
            warnings.simplefilter("error", np.exceptions.ComplexWarning)
            return np.asarray(array, dtype=dtype)
    except (TypeError, ValueError, OverflowError, np.exceptions.ComplexWarning):
        which = next((f", and its column '{key}' is text" for key in _text_columns(where, value)), "")
        raise SourceError(f"{where} must be numbers{which}. Drop or encode the text columns.") from None


def to_texts(where: str, array: NDArray[Any]) -> list[str | None]:
    """Return the elements of an array as texts.

    Parameters
    ----------
    where : str
        What it is, for messages.
    array : array (n,)
        Texts, numbers, or any other objects.

    Returns
    -------
    list of str or None, length n
        None where one is missing; bytes are read as UTF-8, times are ISO 8601.

    Raises
    ------
    SourceError
        Bytes that are no UTF-8.
    """
    items: list[Any] = array.tolist()
    if {*map(type, items)} == {str}:
        return items
    return [None if is_missing(item) else _as_text(where, item) for item in items]


def to_column(where: str, value: Any) -> NDArray[Any]:
    """Return the values of a column of a study.

    Parameters
    ----------
    where : str
        What it is, for messages.
    value : object
        As for `to_array`.

    Returns
    -------
    array (n,)
        Numbers, booleans, times or texts; of Python objects whichever of these they are, where None is NaN among
        numbers and an empty text among others.

    Raises
    ------
    SourceError
        As for `to_array`; or it has more than one value a sample.
    """
    array = to_array(where, value)
    if array.ndim != 1:
        raise SourceError(f"{where} must have one value a sample; got an array of shape {array.shape}.")
    if array.dtype.kind not in "OS":
        return array
    present = [item for item in array.tolist() if not is_missing(item)]
    if present and all(isinstance(item, bool | np.bool_) for item in present) and len(present) == len(array):
        return array.astype(bool)
    if present and all(isinstance(item, numbers.Real) for item in present):
        return to_numbers(where, array, np.float64)
    return np.array([text or "" for text in to_texts(where, array)], dtype=str)


def to_inputs(name: str, value: Any | None) -> Any | None:
    """Return the samples of a study in a form that can be read by row and has an identity.

    Parameters
    ----------
    name : str
        Of the study, for messages.
    value : object or None
        An object with ``fingerprint``, which is returned as it is; a table of numbers, whose columns keep their names;
        or what `to_array` takes.

    Returns
    -------
    object, `NumberTable`, array (n, ...) or None
        Numbers in the byte order of the machine; texts are an array of str (n,), empty where one is missing.

    Raises
    ------
    SourceError
        As for `to_array`; or samples of several kinds or sizes.
    """
    where = f"Study '{name}': inputs"
    if value is None:
        return None
    if is_frame(value) and len(getattr(value, "shape", ())) == 2:
        return _from_table_of_inputs(where, value)
    # Not read: the fingerprint of files costs reading them, and may be known already.
    if not isinstance(value, np.ndarray) and not is_frame(value) and "fingerprint" in dir(value):
        return value
    array = to_array(where, value)
    if array.dtype.kind == "O" and array.ndim > 1:
        return to_numbers(where, array, np.float64)
    if array.dtype.kind in "OS":
        present = [item for item in array.tolist() if not is_missing(item)]
        odd = next((item for item in present if not isinstance(item, str | bytes)), None)
        if odd is not None:
            raise SourceError(
                f"{where} must be pictures or rows of one size, or texts; got a {type(odd).__name__} among "
                f"{len(array):,}. Give one array, resize pictures to one size, or open a folder with load_study."
            )
        return np.array([text or "" for text in to_texts(where, array)], dtype=str)
    if array.dtype.kind in "cmM":
        raise SourceError(f"{where} must be pictures, rows of numbers or texts; got {array.dtype}. Give real numbers.")
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


def named_parts(where: str, value: Any | None) -> dict[str, Any]:
    """Return the columns of a table, or of a mapping, by name.

    Parameters
    ----------
    where : str
        What they are, for messages.
    value : mapping, table or None
        A mapping of name to values; a pandas, polars or PyArrow table; a structured array.

    Returns
    -------
    dict of str to object
        Names that are numbers are written as text.

    Raises
    ------
    SourceError
        It is none of these, or a name occurs twice.
    """
    if value is None:
        return {}
    pairs: list[tuple[Any, Any]]
    if isinstance(value, Mapping):
        pairs = list(value.items())
    elif hasattr(value, "iloc") and hasattr(value, "columns"):
        pairs = [(key, value.iloc[:, place]) for place, key in enumerate(value.columns)]
    elif isinstance(value, np.ndarray) and value.dtype.names:
        pairs = [(key, value[key]) for key in value.dtype.names]
    elif hasattr(value, "column_names") or (hasattr(value, "columns") and hasattr(value, "get_column")):
        pairs = [(key, value[key]) for key in getattr(value, "column_names", None) or value.columns]
    else:
        raise SourceError(
            f"{where} are a {type(value).__name__}, in which values have no names. Give a mapping of name to values, "
            "{'split': [...]}, or a data frame."
        )
    named = {str(key): part for key, part in pairs}
    if len(named) < len(pairs):
        keys = [str(key) for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise SourceError(f"{where}: the name '{twice}' occurs {keys.count(twice)} times. Give each a name of its own.")
    return named


def to_path(where: str, value: Any) -> Path:
    """Return a path that somebody names.

    Parameters
    ----------
    where : str
        Who asks for it, for messages: ``"load_study"``.
    value : str or PathLike

    Returns
    -------
    Path

    Raises
    ------
    SourceError
        It is no path, or an empty one.
    """
    if not isinstance(value, str | PathLike) or not str(value):
        given = "an empty text" if isinstance(value, str) else f"a {type(value).__name__}"
        raise SourceError(f"{where} takes a path; got {given}. Name a file or folder, or build a study from arrays.")
    return Path(value)


def _text_columns(where: str, value: Any) -> Iterator[str]:
    """Yield the names of the columns of text of a table; nothing for what has no named columns."""
    if is_frame(value) and len(getattr(value, "shape", ())) == 2:
        for key, part in named_parts(where, value).items():
            if to_column(where, part).dtype.kind not in "fiub":
                yield key


def _from_table_of_inputs(where: str, table: Any) -> Any:
    columns = named_parts(where, table)
    arrays = {key: to_column(f"{where}, column '{key}',", part) for key, part in columns.items()}
    texts = [key for key, array in arrays.items() if array.dtype.kind in "UmM"]
    if len(arrays) == 1 and texts and arrays[texts[0]].dtype.kind == "U":
        return arrays[texts[0]]
    if texts or not arrays:
        which = f"its column '{texts[0]}' is none" if texts else "it has no column"
        raise SourceError(f"{where} are a table, which must hold numbers; {which}. Encode or leave out such columns.")
    values: Doubles = np.column_stack([to_numbers(where, array, np.float64) for array in arrays.values()])
    return NumberTable(least_precise(values), tuple(arrays))


def _as_text(where: str, item: Any) -> str:
    if isinstance(item, bytes):
        try:
            return item.decode()
        except UnicodeDecodeError:
            raise SourceError(f"{where}: {item!r} is not UTF-8 text. Decode it first, with its own encoding.") from None
    return str(item.isoformat()) if hasattr(item, "isoformat") else str(item)
