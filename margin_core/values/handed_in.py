"""From what people hold (tables, tensors, sparse matrices, lists) to arrays, or one sentence that says what is wrong.

pandas, polars, PyArrow, PyTorch and the like are known by what they offer and never imported: whoever hands in one of
their values has imported them.
"""

from __future__ import annotations

import numbers
import warnings
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from margin_core.errors import SourceError
from margin_core.values.arrays import Floats
from margin_core.values.number_table import NumberTable

MAX_DENSE_BYTES = 2_000_000_000
"""In single precision; a sparse matrix that would take more is not made dense."""


def to_array(where: str, value: Any) -> NDArray[Any]:
    """Return a value as a NumPy array.

    Parameters
    ----------
    where : str
        What it is, for messages: ``"Study 'pets': the embedding"``.
    value : object
        An array of NumPy or any library that converts to one; a pandas, polars or PyArrow table or column; a PyTorch
        tensor of any type, on any device; a sparse matrix that fits in memory; nested sequences; an iterator, which is
        used up.

    Returns
    -------
    array (n, ...)
        At least one axis. What a mask hides is NaN, or None among texts. A memory map stays one.

    Raises
    ------
    SourceError
        It is none of these, has rows of different lengths, or is a sparse matrix that is too large.
    """
    value = to_rows(where, value)
    if sparse.issparse(value):
        return _from_sparse(where, value)
    if isinstance(value, np.ma.MaskedArray):
        return _from_masked(value)
    if _is_tensor(value):
        value = _from_tensor(value)
    elif _is_frame(value):
        value = value.to_numpy()
    if isinstance(value, list | tuple) and value and _is_tensor(value[0]):
        value = [_from_tensor(item) if _is_tensor(item) else item for item in value]
    try:
        array = np.asarray(value)
    except (TypeError, ValueError, RuntimeError) as error:
        raise SourceError(_not_an_array(where, value, error)) from None
    if array.dtype.kind == "V":
        array = _from_raw(where, array)
    if array.ndim == 0:
        given = "None" if value is None else f"a single {type(value).__name__}"
        raise SourceError(f"{where} must have one row a sample; got {given}. Give an array or a list.")
    return array


def to_rows(where: str, value: Any) -> Any:
    """Return a value that can be read more than once and has rows in order.

    Parameters
    ----------
    where : str
        What it is, for messages.
    value : object
        As for `to_array`.

    Returns
    -------
    object
        The value; of an iterator, the list of what it yields.

    Raises
    ------
    SourceError
        A text, a mapping, a set.
    """
    if isinstance(value, str | bytes | PathLike):
        raise SourceError(f"{where} must be an array; got the text {value!r}. Open a file with load_study(path).")
    if isinstance(value, Mapping | AbstractSet) and not hasattr(value, "tolist"):
        raise SourceError(
            f"{where} must have rows in order; got a {type(value).__name__}, which has none. Give an array or a list."
        )
    is_array = hasattr(value, "shape") or hasattr(value, "__array__") or hasattr(value, "__getitem__")
    return list(value) if isinstance(value, Iterable) and not is_array else value


def count_rows(where: str, value: Any) -> int:
    """Return how many samples a value has.

    Parameters
    ----------
    where : str
        What it is, for messages.
    value : object
        As `to_rows` returns it.

    Returns
    -------
    int

    Raises
    ------
    SourceError
        It has no rows: a single number, or an object without a length.
    """
    shape = getattr(value, "shape", None)
    try:
        return int(shape[0]) if isinstance(shape, tuple) and shape else len(value)
    except TypeError:
        given = "None" if value is None else f"a single {type(value).__name__}"
        raise SourceError(f"{where} must have one row a sample; got {given}. Give an array or a list.") from None


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
    if _is_frame(value) and len(getattr(value, "shape", ())) == 2:
        return _from_table_of_inputs(where, value)
    # Not read: the fingerprint of files costs reading them, and may be known already.
    if not isinstance(value, np.ndarray) and not _is_frame(value) and "fingerprint" in dir(value):
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


def is_missing(item: Any) -> bool:
    """Return whether an element is None, NaN, or what pandas has for it.

    Parameters
    ----------
    item : object

    Returns
    -------
    bool
    """
    if isinstance(item, str | bytes):
        return False
    try:
        return item is None or bool(item != item)
    except (TypeError, ValueError):  # pandas.NA is neither the same as itself nor another; nor is an array
        return type(item).__name__ == "NAType"


def only_column(value: Any) -> Any:
    """Return the column of a table that has but one; anything else as it is.

    Parameters
    ----------
    value : object

    Returns
    -------
    object
    """
    is_table = _is_frame(value) and getattr(value, "shape", ())[1:] == (1,)
    return value.to_numpy().ravel() if is_table else value


def _is_tensor(value: Any) -> bool:
    return hasattr(value, "detach") and hasattr(value, "numpy")


def _is_frame(value: Any) -> bool:
    """Return whether a value is a table or column of pandas or polars."""
    return hasattr(value, "to_numpy") and any(hasattr(value, known) for known in ("iloc", "to_list", "columns"))


def _from_tensor(value: Any) -> NDArray[Any]:
    tensor = value.detach().cpu()
    if getattr(tensor, "layout", None) is not None and "strided" not in str(tensor.layout):
        tensor = tensor.to_dense()
    if getattr(tensor, "is_quantized", False):
        tensor = tensor.dequantize()
    if tensor.is_conj() or tensor.is_neg():
        tensor = tensor.resolve_conj().resolve_neg()
    try:
        found: NDArray[Any] = tensor.numpy()
    except TypeError:  # bfloat16 and the 8-bit floats, which NumPy does not have
        found = tensor.float().numpy()
    return found


def _from_sparse(where: str, value: Any) -> NDArray[Any]:
    size = 4 * int(np.prod(value.shape, dtype=np.float64))
    if size > MAX_DENSE_BYTES:
        shape = " x ".join(f"{length:,}" for length in value.shape)
        raise SourceError(
            f"{where} is a sparse matrix of {shape}, {size / 1e9:,.1f} GB once it is dense. Reduce its columns first, "
            "for instance with sklearn.decomposition.TruncatedSVD(100).fit_transform(X)."
        )
    return np.asarray(value.toarray())


def _from_masked(value: Any) -> NDArray[Any]:
    if not np.ma.is_masked(value):
        return np.asarray(value.data)
    if value.dtype.kind in "fiub":
        return np.asarray(value.astype(np.result_type(value.dtype, np.float32)).filled(np.nan))
    items = np.asarray(value.data).astype(object)
    items[np.ma.getmaskarray(value)] = None
    return items


def _from_raw(where: str, array: NDArray[Any]) -> NDArray[Any]:
    """Return an array of records or of a float that NumPy does not have, such as bfloat16 of JAX."""
    if array.dtype.names is None:
        try:
            return array.astype(np.float32)
        except (TypeError, ValueError):
            pass
    raise SourceError(f"{where} is an array of records ({array.dtype}). Give one array of numbers, or columns=.")


def _text_columns(where: str, value: Any) -> Iterator[str]:
    """Yield the names of the columns of text of a table; nothing for what has no named columns."""
    if _is_frame(value) and len(getattr(value, "shape", ())) == 2:
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
    values: Floats = np.column_stack([to_numbers(where, array, np.float32) for array in arrays.values()])
    return NumberTable(values, tuple(arrays))


def _not_an_array(where: str, value: Any, error: Exception) -> str:
    lengths = [len(item) for item in value if hasattr(item, "__len__")] if isinstance(value, list | tuple) else []
    odd = next((row for row, length in enumerate(lengths) if length != lengths[0]), None)
    if odd is not None:
        return (
            f"{where} must have rows of one length; row 0 has {lengths[0]:,} values, row {odd:,} has {lengths[odd]:,}. "
            "Fill the shorter ones up, or leave them out."
        )
    if isinstance(value, list | tuple):
        return f"{where} must have rows of one shape. Give one array, with one row a sample."
    return f"{where}: a {type(value).__name__} cannot be read as an array ({error}). Give an array or a list."


def _as_text(where: str, item: Any) -> str:
    if isinstance(item, bytes):
        try:
            return item.decode()
        except UnicodeDecodeError:
            raise SourceError(f"{where}: {item!r} is not UTF-8 text. Decode it first, with its own encoding.") from None
    return str(item.isoformat()) if hasattr(item, "isoformat") else str(item)
