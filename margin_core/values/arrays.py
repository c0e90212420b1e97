"""Array types, the missing label, and how arrays are made read-only."""

from __future__ import annotations

from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]
Texts = NDArray[np.str_]
AnyArray = TypeVar("AnyArray", bound=np.ndarray)
SignalValues: TypeAlias = NDArray[Any] | sparse.csr_array

UNLABELED = -1
"""The label of a sample that has none."""

MAX_ROUNDING = 1e-4
"""Share of the range of a column that its values may be rounded by."""

MAX_FEATURE = 1e15
"""From this size on a feature counts as missing: sums of squares would overflow single precision."""


def to_rows(inputs: Any) -> NDArray[Any]:
    """Return rows of numbers in single precision, or in double precision where they are held so.

    Parameters
    ----------
    inputs : array_like (n, d)
        NaN where a value is missing.

    Returns
    -------
    float64 array (n, d) if the inputs are, else float32

    Raises
    ------
    TypeError, ValueError
        They are no numbers.
    """
    rows = np.asarray(inputs)
    return rows if rows.dtype == np.float64 else rows.astype(np.float32, copy=False)


def least_precise(values: Doubles) -> NDArray[Any]:
    """Return rows of numbers in single precision, unless this would lose what a person or a model can tell.

    Parameters
    ----------
    values : float64 array (n, d)
        NaN where a value is missing.

    Returns
    -------
    float32 or float64 array (n, d)
        As given where a value is beyond the range of single precision, where a whole number would become another, or
        where rounding is more than `MAX_ROUNDING` of the range of its column.
    """
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        single: Floats = values.astype(np.float32)
        error = np.abs(single - values)
        error[np.isnan(error) & np.isinf(values)] = 0  # an infinite one stays what it is
        reach = np.nanmax(np.where(np.isfinite(values), values, -np.inf), axis=0, initial=-np.inf)
        reach = reach - np.nanmin(np.where(np.isfinite(values), values, np.inf), axis=0, initial=np.inf)
        is_lost = (error > MAX_ROUNDING * np.maximum(reach, 0)) & (reach > 0) | (error >= 1)
    return values if is_lost.any() else single


def read_only(array: AnyArray) -> AnyArray:
    """Return an array that nobody can change.

    Parameters
    ----------
    array : array (...)
        Of any type; it is copied where somebody else could change it.

    Returns
    -------
    array (...)
        Itself when nobody could write to it or to the arrays it is a view of, else a read-only copy.
    """
    owner: Any = array
    while isinstance(owner, np.ndarray):
        if owner.flags.writeable:
            array = array.copy()
            break
        owner = owner.base
    array.flags.writeable = False
    return array


def usable_rows(points: Floats) -> NDArray[np.bool_]:
    """Return which points have features: finite numbers whose squares are finite too.

    Parameters
    ----------
    points : float array (m, d)
        Feature vectors; NaN where a value is missing.

    Returns
    -------
    bool array (m,)
    """
    return np.asarray((np.abs(points) < MAX_FEATURE).all(axis=1))


def frozen(value: Any) -> Any:
    """Return a value with its arrays read-only.

    Parameters
    ----------
    value : object
        An array, a CSR array (its three arrays are made read-only in place), or anything else.

    Returns
    -------
    object
        What is no array is returned as it is.
    """
    if isinstance(value, sparse.csr_array):
        for array in (value.data, value.indices, value.indptr):
            array.flags.writeable = False
        return value
    return read_only(value) if isinstance(value, np.ndarray) else value


def freeze(holder: Any, *names: str) -> None:
    """Set array attributes of a frozen dataclass read-only; for its ``__post_init__``.

    Parameters
    ----------
    holder : object
        The dataclass instance.
    *names : str
        Attributes that hold an array, a CSR array or None.
    """
    for name in names:
        object.__setattr__(holder, name, frozen(getattr(holder, name)))
