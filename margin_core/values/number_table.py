"""Rows of numbers: the inputs of a tabular study."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from margin_core.storage.fingerprint import fingerprint
from margin_core.values.arrays import Floats, freeze
from margin_core.values.written_table import WrittenTable


@dataclass(frozen=True, eq=False)
class NumberTable:
    """Rows of named numbers; ``table[rows]`` is a float32 array.

    Attributes
    ----------
    values : float32 array (n, d)
        NaN where a value is missing.
    names : tuple of str, length d
        What each column is called.
    written : WrittenTable or None
        The rows as their file has them, where that differs: categories, dates, and columns that are no numbers.
    """

    values: Floats
    names: tuple[str, ...]
    written: WrittenTable | None = None

    def __post_init__(self) -> None:
        freeze(self, "values")

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, rows: Any) -> Floats:
        chosen: Floats = self.values[rows]
        return chosen

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return np.array(self.values, dtype=dtype, copy=copy)

    @property
    def shape(self) -> tuple[int, ...]:
        """``(n, d)``."""
        return self.values.shape

    @cached_property
    def fingerprint(self) -> str:
        """Identity by content, names of the columns included; how it was written changes no result."""
        return fingerprint("numbers", self.values, self.names)
