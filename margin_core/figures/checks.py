"""What a figure is given, checked: one sentence says what it takes, before Plotly meets what it cannot draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from margin_core.errors import ParameterError
from margin_core.values import Ints


def check_kind(figure: str, what: str, value: Any, kind: type) -> None:
    """Check that a value is of the kind that a figure draws.

    Parameters
    ----------
    figure : str
        Name of its function.
    what : str
        Name of the parameter.
    value : object
    kind : type

    Raises
    ------
    ParameterError
        It is of another.
    """
    if not isinstance(value, kind):
        raise ParameterError(f"{figure}: {what} must be of type {kind.__name__}; got {_in_words(value)}.")


def check_items(figure: str, what: str, values: Any, kind: type) -> None:
    """Check that a value is a sequence of what a figure draws.

    Parameters
    ----------
    figure : str
        Name of its function.
    what : str
        Name of the parameter.
    values : object
    kind : type
        Of each item.

    Raises
    ------
    ParameterError
        It is no sequence, or an item is of another kind.
    """
    is_sequence = isinstance(values, Sequence) and not isinstance(values, str)
    odd = next((item for item in values if not isinstance(item, kind)), None) if is_sequence else values
    if not is_sequence or odd is not None:
        raise ParameterError(f"{figure}: {what} must be a list of {kind.__name__}; got {_in_words(odd)}.")


def read_numbers(figure: str, what: str, values: Any, shape: tuple[int | None, ...]) -> NDArray[Any]:
    """Return numbers as an array of a shape.

    Parameters
    ----------
    figure : str
        Name of its function.
    what : str
        Name of the parameter.
    values : array_like
        Numbers, as the caller has them.
    shape : tuple of int or None
        None: any length.

    Returns
    -------
    array
        Of this shape.

    Raises
    ------
    ParameterError
        It holds no numbers, or has another shape.
    """
    wanted = "(" + ", ".join("any" if length is None else f"{length:,}" for length in shape) + ")"
    try:
        array = np.asarray(values)
    except (TypeError, ValueError):
        array = np.asarray(None)
    if array.dtype.kind not in "fiub":
        raise ParameterError(f"{figure}: {what} must be numbers of shape {wanted}; got {_in_words(values)}.")
    fits = array.ndim == len(shape) and all(
        length is None or length == own for length, own in zip(shape, array.shape, strict=True)
    )
    if not fits:
        raise ParameterError(f"{figure}: {what} must have shape {wanted}; got {array.shape}.")
    return array


def read_rows(figure: str, what: str, values: Any, n: int) -> Ints:
    """Return rows of a study.

    Parameters
    ----------
    figure : str
        Name of its function.
    what : str
        Name of the parameter.
    values : array_like of int (r,)
        Row numbers in [0, n), as the caller has them.
    n : int
        Rows that there are.

    Returns
    -------
    int array (r,)

    Raises
    ------
    ParameterError
        They are no whole numbers from 0 to n - 1.
    """
    rows = read_numbers(figure, what, values, (None,))
    if rows.size and (rows.dtype.kind not in "iu" or rows.min() < 0 or rows.max() >= n):
        raise ParameterError(f"{figure}: {what} must be rows, whole numbers from 0 to {n - 1:,}; got {rows.dtype}.")
    return rows.astype(np.int64)


def check_mapping(figure: str, what: str, value: Any) -> None:
    """Check that a value is a mapping of names to what a figure draws.

    Parameters
    ----------
    figure : str
        Name of its function.
    what : str
        Name of the parameter.
    value : object

    Raises
    ------
    ParameterError
        It is none.
    """
    if not isinstance(value, Mapping):
        raise ParameterError(f"{figure}: {what} must be a mapping of name to values; got {_in_words(value)}.")


def _in_words(value: Any) -> str:
    shape = getattr(value, "shape", None)
    return f"{type(value).__name__}{f' of shape {shape}' if isinstance(shape, tuple) else ''}"
