"""Rows of numbers: the inputs of a tabular study."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from margin_core.storage.fingerprint import fingerprint
from margin_core.values.arrays import Doubles, Floats, Ints, freeze
from margin_core.values.written_table import WrittenTable


@dataclass(frozen=True, eq=False)
class NumberTable:
    """Rows of named numbers; ``table[rows]`` is an array.

    Attributes
    ----------
    values : float32 or float64 array (n, d)
        NaN where a value is missing. In double precision where single precision would lose something: beside a large
        mean, in large whole numbers.
    names : tuple of str, length d
        What each column is called.
    written : WrittenTable or None
        The rows as their file has them, where that differs: categories, dates, and columns that are no numbers.
    origins : tuple of str, length d, or ()
        Column of the file that each comes from: a category has one here for each of its values, a date its days, and
        then its parts. Empty: each is one.
    dates : frozenset of str
        Columns of the file that are dates; the first here of each is days since 1970-01-01.
    """

    values: Floats | Doubles
    names: tuple[str, ...]
    written: WrittenTable | None = None
    origins: tuple[str, ...] = ()
    dates: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        freeze(self, "values")

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, rows: Any) -> NDArray[Any]:
        chosen: NDArray[Any] = self.values[rows]
        return chosen

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return np.array(self.values, dtype=dtype, copy=copy)

    @property
    def shape(self) -> tuple[int, ...]:
        """``(n, d)``."""
        return self.values.shape

    @cached_property
    def variables(self) -> tuple[str, ...]:
        """Columns of the file that the columns come from, m of them, in the order of the first of each."""
        return tuple(dict.fromkeys(self.origins)) if self.origins else self.names

    @cached_property
    def variable_of(self) -> Ints:
        """Place among the variables of each column, int array (d,)."""
        if not self.origins:
            return np.arange(len(self.names))
        place = {name: number for number, name in enumerate(self.variables)}
        return np.array([place[name] for name in self.origins], dtype=np.int64)

    @cached_property
    def fingerprint(self) -> str:
        """Identity by content, names of the columns included; how it was written changes no result."""
        # Which columns are of one category decides what is hidden together.
        grouped = [self.origins] if len(self.variables) < len(self.names) else []
        return fingerprint("numbers", self.values, self.names, *grouped)
