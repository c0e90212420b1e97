"""From whatever holds one row a sample to an array, or one sentence that says what is wrong.

pandas, polars, PyArrow, PyTorch and the like are known by what they offer and never imported: whoever hands in one of
their values has imported them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from margin_core.errors import SourceError

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
    elif is_frame(value):
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


def only_column(value: Any) -> Any:
    """Return the column of a table that has but one; anything else as it is.

    Parameters
    ----------
    value : object

    Returns
    -------
    object
    """
    is_table = is_frame(value) and getattr(value, "shape", ())[1:] == (1,)
    return value.to_numpy().ravel() if is_table else value


def is_frame(value: Any) -> bool:
    """Return whether a value is a table or column of pandas or polars.

    Parameters
    ----------
    value : object

    Returns
    -------
    bool
    """
    return hasattr(value, "to_numpy") and any(hasattr(value, known) for known in ("iloc", "to_list", "columns"))


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


def _is_tensor(value: Any) -> bool:
    return hasattr(value, "detach") and hasattr(value, "numpy")


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
