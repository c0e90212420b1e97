"""Kinds of arrays, and how they are frozen."""

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

UNLABELLED = -1
"""The label of a sample that has none."""

LARGEST = 1e15
"""From this size on a feature counts as missing: sums of squares would overflow single precision."""


def read_only(array: AnyArray) -> AnyArray:
    """Return an array that nobody can change: itself when nobody could before, else a frozen copy."""
    owner: Any = array
    while isinstance(owner, np.ndarray):
        if owner.flags.writeable:
            array = array.copy()
            break
        owner = owner.base
    array.flags.writeable = False
    return array


def usable_rows(points: Floats) -> NDArray[np.bool_]:
    """Say which points ``(m, d)`` have features: finite numbers whose squares are finite too. Shape (m,)."""
    return np.asarray((np.abs(points) < LARGEST).all(axis=1))


def frozen(value: Any) -> Any:
    """Return an array read-only, a sparse one with its three arrays read-only, and anything else as it is."""
    if isinstance(value, sparse.csr_array):
        for array in (value.data, value.indices, value.indptr):
            array.flags.writeable = False
        return value
    return read_only(value) if isinstance(value, np.ndarray) else value


def freeze(holder: Any, *names: str) -> None:
    """Make the named array attributes of a frozen dataclass read-only; for its ``__post_init__``."""
    for name in names:
        object.__setattr__(holder, name, frozen(getattr(holder, name)))
