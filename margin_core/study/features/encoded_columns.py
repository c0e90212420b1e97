"""The columns of a table as numbers: a category is one column of zeros and ones for each of its values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from margin_core.study.readers.column_kinds import ColumnKind, TypedColumn
from margin_core.values import Doubles


@dataclass(frozen=True, eq=False)
class EncodedColumns:
    """A table as numbers.

    Attributes
    ----------
    values : float array (n, d)
        NaN where a value is missing.
    names : tuple of str, length d
        Of a category with its value: ``sex=female``.
    indicators : bool array (d,)
        Whether a column holds zeros and ones.
    origins : tuple of TypedColumn, length d
        Column of the table that each comes from.
    """

    values: Doubles
    names: tuple[str, ...]
    indicators: NDArray[np.bool_]
    origins: tuple[TypedColumn, ...]


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
    indicators: list[bool] = []
    origins: list[TypedColumn] = []
    for column in columns:
        if column.kind is ColumnKind.CATEGORY and column.codes is not None:
            for place, category in enumerate(column.categories):
                values.append((column.codes == place).astype(float))
                names.append(f"{column.name}={category}")
                indicators.append(True)
                origins.append(column)
        elif column.values is not None and column.kind is not ColumnKind.ID:
            values.append(column.values)
            names.append(column.name)
            indicators.append(column.kind is ColumnKind.BOOLEAN)
            origins.append(column)
    return EncodedColumns(np.column_stack(values), tuple(names), np.array(indicators), tuple(origins))
