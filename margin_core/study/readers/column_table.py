"""A CSV or Parquet file as a table of columns, each of them read as text or as numbers."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet

from margin_core.errors import SourceError
from margin_core.values import Doubles

TEXT_SUFFIXES = (".csv", ".tsv")

_MISSING = ("", "NA", "N/A", "NaN", "nan", "null", "NULL", "None")
"""Texts that mean a missing number in a text file."""


@dataclass(frozen=True, eq=False)
class ColumnTable:
    """A table that was read from a file.

    Attributes
    ----------
    path : Path
        Of the file.
    columns : dict of str to array
        By name, in the order of the file.
    left_out : tuple of str
        Columns that are neither text nor numbers.
    """

    path: Path
    columns: dict[str, pa.ChunkedArray]
    left_out: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def texts(self, name: str) -> list[str]:
        """Return a column as text.

        Parameters
        ----------
        name : str
            Of the column.

        Returns
        -------
        list of str
            Empty where a value is missing.
        """
        column = self.columns[name]
        if pa.types.is_floating(column.type):
            return ["" if value is None or value != value else _plain(value) for value in column.to_pylist()]
        return ["" if value is None else value for value in column.cast(pa.string()).to_pylist()]

    def numbers(self, name: str) -> Doubles | None:
        """Return a column as numbers.

        Parameters
        ----------
        name : str
            Of the column.

        Returns
        -------
        float array (n,) or None
            NaN where a value is missing; None when the column holds anything but numbers.
        """
        column = self.columns[name]
        if pa.types.is_string(column.type):
            trimmed = pc.utf8_trim_whitespace(column)
            column = pc.if_else(pc.is_in(trimmed, pa.array(_MISSING)), None, trimmed)
        elif pa.types.is_temporal(column.type):
            return None
        try:
            values: Doubles = column.cast(pa.float64(), safe=False).to_numpy()
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            return None
        return values

    def column(self, given: str | None, known: tuple[str, ...], flag: str) -> str | None:
        """Return the name of a column: the one the user names, else the first with a known name, whatever its case.

        Parameters
        ----------
        given : str or None
            As named by the user.
        known : tuple of str
            Names in lower case, the preferred first.
        flag : str
            Option of the command line that names it, for the message.

        Returns
        -------
        str or None
            None where there is no such column.

        Raises
        ------
        SourceError
            The user names a column that does not exist.
        """
        if given is not None:
            if given not in self.columns:
                raise SourceError(
                    f"'{self.path}' has no column '{given}'. Its columns are: {', '.join(self.columns)}. "
                    f"Name one of these with --{flag}."
                )
            return given
        lower = {name.strip().lower(): name for name in reversed(self.columns)}
        return next((lower[name] for name in known if name in lower), None)


def read_table(path: Path) -> ColumnTable:
    """Read a CSV, TSV or Parquet file.

    Parameters
    ----------
    path : Path
        Of the file; its suffix decides the format.

    Returns
    -------
    ColumnTable
        With at least one row.

    Raises
    ------
    SourceError
        The file is damaged, a column is repeated, or there is no row.
    """
    try:
        read = _read_text(path) if path.suffix.lower() in TEXT_SUFFIXES else _read_parquet(path)
    except (pa.ArrowException, OSError, UnicodeDecodeError, csv.Error) as error:
        raise SourceError(
            f"'{path}' cannot be read: {_first_line(error)}. Save it again, as UTF-8 text or Parquet."
        ) from error
    columns = {name: column for name, column in read.items() if _is_plain(column.type)}
    if not columns or not len(next(iter(columns.values()))):
        raise SourceError(f"'{path}' has no rows. Give at least one sample below the names of the columns.")
    return ColumnTable(path, columns, tuple(name for name in read if name not in columns))


def _is_plain(kind: pa.DataType) -> bool:
    return not (pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _read_text(path: Path) -> dict[str, pa.ChunkedArray]:
    """Read every column as text, so that an id '007' keeps its zeros."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        first = stream.readline()
        delimiter = "\t" if path.suffix.lower() == ".tsv" else max(",;\t", key=first.count)
        stream.seek(0)
        if not first.endswith("\n"):
            return {}  # A header alone at most, and the parser needs a line below it.
        header = next(csv.reader(stream, delimiter=delimiter, strict=True), [])
    _check_unique(path, header)
    table = pa_csv.read_csv(
        path,
        parse_options=pa_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
        convert_options=pa_csv.ConvertOptions(
            column_types={name: pa.string() for name in header}, strings_can_be_null=False
        ),
    )
    return dict(zip(header, table.columns, strict=True))


def _read_parquet(path: Path) -> dict[str, pa.ChunkedArray]:
    table = pa_parquet.ParquetFile(path).read()
    _check_unique(path, table.column_names)
    columns = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        flat = column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column
        if pa.types.is_large_string(flat.type) or pa.types.is_string_view(flat.type):
            flat = flat.cast(pa.string())
        columns[name] = flat
    return columns


def _check_unique(path: Path, header: list[str]) -> None:
    repeated = [name for name in header if header.count(name) > 1]
    if repeated:
        raise SourceError(
            f"'{path}' has {header.count(repeated[0])} columns '{repeated[0]}'. Give each a name of its own."
        )


def _plain(value: float) -> str:
    """Return a number without a fraction as a whole one: a label 3.0 is class 3."""
    return str(int(value)) if value.is_integer() else repr(value)


def _first_line(error: Exception) -> str:
    text: Any = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(text).splitlines()[0].rstrip(".")
