"""The columns of a table as numbers: a category has a column for each of its values, a date for each of its parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from margin_core.study.features.date_parts import PARTS, date_parts
from margin_core.study.typed_column import ColumnKind, TypedColumn
from margin_core.values import Doubles


@dataclass(frozen=True, eq=False)
class EncodedColumns:
    """A table as numbers.

    Attributes
    ----------
    values : float array (n, d)
        NaN where a value is missing.
    names : tuple of str, length d
        Of a category with its value: ``sex=female``; of a date the days by its name, then its parts: ``seen: weekday
        (sine)``.
    unscaled : bool array (d,)
        Whether a column holds zeros and ones, or the sine or cosine of a part of a date.
    origins : tuple of TypedColumn, length d
        Column of the table that each comes from.
    """

    values: Doubles
    names: tuple[str, ...]
    unscaled: NDArray[np.bool_]
    origins: tuple[TypedColumn, ...]

    @property
    def date_parts(self) -> tuple[str, ...]:
        """The parts besides days that any of the dates has, such as ``weekday``."""
        return tuple(part for part in PARTS if any(name.endswith(f": {part} (sine)") for name in self.names))


def encode_columns(columns: Sequence[TypedColumn]) -> EncodedColumns:
    """Return the columns of the kinds that features come from as numbers.

    Parameters
    ----------
    columns : sequence of TypedColumn
        At least one number, boolean, category or date.

    Returns
    -------
    EncodedColumns
    """
    values: list[Doubles] = []
    names: list[str] = []
    unscaled: list[bool] = []
    origins: list[TypedColumn] = []
    for column in columns:
        if column.kind is ColumnKind.CATEGORY and column.codes is not None:
            for place, category in enumerate(column.categories):
                values.append((column.codes == place).astype(float))
                names.append(f"{column.name}={category}")
                unscaled.append(True)
                origins.append(column)
        elif column.values is not None and column.kind is not ColumnKind.ID:
            values.append(column.values)
            names.append(column.name)
            unscaled.append(column.kind is ColumnKind.BOOLEAN)
            origins.append(column)
            for part, circle in date_parts(column.values) if column.kind is ColumnKind.DATE else ():
                values.append(circle)
                names.append(f"{column.name}: {part}")
                unscaled.append(True)
                origins.append(column)
    return EncodedColumns(np.column_stack(values), tuple(names), np.array(unscaled), tuple(origins))
