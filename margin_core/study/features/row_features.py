"""Features of rows of typed columns: the numbers that these become, and the same standardized."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import compress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from margin_core.study.features.encoded_columns import EncodedColumns, encode_columns
from margin_core.study.features.standardized_columns import standardize, varying_columns
from margin_core.study.notes import Note
from margin_core.study.samples import counted
from margin_core.study.typed_column import ColumnKind, TypedColumn
from margin_core.values import Floats
from margin_core.values.arrays import least_precise
from margin_core.values.number_table import NumberTable
from margin_core.values.written_table import WrittenTable


@dataclass(frozen=True, eq=False)
class RowFeatures:
    """Rows as numbers, and their embedding.

    Attributes
    ----------
    columns : tuple of TypedColumn
        That the numbers come from.
    encoded : EncodedColumns
        n rows.
    embedding : float32 array (n, e)
        Standardized; see `margin_core.study.features.standardized_columns.standardize`.
    compared : tuple of TypedColumn
        Those of the columns that are in the embedding: in which two values differ.
    notes : tuple of Note
        What was left out or replaced.
    """

    columns: tuple[TypedColumn, ...]
    encoded: EncodedColumns
    embedding: Floats
    compared: tuple[TypedColumn, ...]
    notes: tuple[Note, ...]

    @property
    def description(self) -> str:
        """What the features come from: ``4 columns: 3 numbers, 1 category``."""
        counts = Counter(column.kind for column in self.compared)
        plurals = {ColumnKind.CATEGORY: "categories"}
        kinds = [
            f"{counts[kind]:,} {kind if counts[kind] == 1 else plurals.get(kind, f'{kind}s')}"
            for kind in ColumnKind
            if counts[kind]
        ]
        return f"{counted(len(self.compared), 'column')}: {', '.join(kinds)}"

    @cached_property
    def values(self) -> NDArray[Any]:
        """The numbers, float32 where that loses nothing, else float64, (n, d)."""
        return least_precise(self.encoded.values)

    def table(self, columns: WrittenTable, rows: slice = slice(None)) -> NumberTable:
        """Return rows as the inputs of a study.

        Parameters
        ----------
        columns : WrittenTable
            The same rows as their file has them.
        rows : slice
            Which of the n rows.

        Returns
        -------
        NumberTable
        """
        origins = tuple(column.name for column in self.encoded.origins)
        dates = frozenset(column.name for column in self.columns if column.kind is ColumnKind.DATE)
        return NumberTable(np.ascontiguousarray(self.values[rows]), self.encoded.names, columns, origins, dates)


def compute_row_features(source: str, columns: Sequence[TypedColumn]) -> RowFeatures:
    """Compute the features of rows.

    Parameters
    ----------
    source : str
        What to call the table in an error.
    columns : sequence of TypedColumn
        At least one number, boolean, category or date; all of them of such kinds.

    Returns
    -------
    RowFeatures

    Raises
    ------
    SourceError
        No column varies.
    """
    encoded = encode_columns(columns)
    origins = tuple(column.name for column in encoded.origins)
    embedding, notes = standardize(source, encoded.values, encoded.names, encoded.unscaled, origins)
    compared = tuple(dict.fromkeys(compress(encoded.origins, varying_columns(encoded.values))))
    return RowFeatures(tuple(columns), encoded, embedding, compared, notes)
