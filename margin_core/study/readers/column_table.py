"""A text file, an Excel sheet or a Parquet file as a table of columns, each of them read as text or as numbers."""

from __future__ import annotations

import csv
import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pa_json

from margin_core.errors import SourceError
from margin_core.storage.file_content import describe_lfs_pointer
from margin_core.study.notes import Note
from margin_core.study.readers.arrow_columns import (
    ArrowColumns,
    describe,
    holds_bytes,
    is_plain,
    join_columns,
    read_arrow_columns,
)
from margin_core.study.readers.excel_table import has_no_sheets, listed_sheets, read_excel_sheet
from margin_core.study.readers.line_errors import find_odd_object
from margin_core.study.readers.table_suffixes import WORKBOOK
from margin_core.study.readers.text_table import parse_text_table, read_text_table
from margin_core.study.samples import listed_columns, quoted
from margin_core.values import Doubles

TEXT_SUFFIXES = (".csv", ".tsv", ".txt", ".gz")
LINES_OF_JSON = (".jsonl", ".ndjson")

MISSING_VALUES = frozenset(
    {"", "?", "-", "--", ".", "na", "n/a", "#n/a", "nan", "null", "none", "<na>", "missing", "unknown"}
)
"""Texts that mean a missing number in a text file, in lower case."""

_SPELLED = sorted(
    {form for text in MISSING_VALUES for form in (text, text.upper(), text.capitalize(), text.title())} | {"NaN"}
)


@dataclass(frozen=True, eq=False)
class ColumnTable:
    """A table that was read from a file.

    Attributes
    ----------
    path : Path
        Of the file.
    columns : dict of str to array
        By name, in the order of the file.
    left_out : mapping of str to str
        Columns that are neither text nor numbers, and what each holds.
    notes : tuple of Note
        Of reading the file.
    pictures : tuple of str
        Those left out that hold pictures as they were saved: structs of ``bytes`` and ``path``.
    class_names : mapping of str to tuple of str
        Of the columns of classes whose names the file states, in the order of their numbers.
    shards : tuple of str
        The files below `path`, where that is a folder; each holds the rows that follow.
    month_first : frozenset of str
        The columns of dates whose month the user knows to come before the day.
    sheets : tuple of str
        Of a workbook: the sheet that was read, then the others that hold something.
    index : frozenset of str
        The columns that were the index of a DataFrame of pandas: names of the rows.
    """

    path: Path
    columns: dict[str, pa.ChunkedArray]
    left_out: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    pictures: tuple[str, ...] = ()
    class_names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    shards: tuple[str, ...] = ()
    month_first: frozenset[str] = frozenset()
    sheets: tuple[str, ...] = ()
    index: frozenset[str] = frozenset()

    @property
    def folder(self) -> Path:
        """The folder that `files` start from."""
        return self.path if self.shards else self.path.parent

    @property
    def files(self) -> tuple[str, ...]:
        """The files that the rows were read from, relative to `folder`."""
        return self.shards or (self.path.name,)

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    @property
    def listing(self) -> str:
        """The names of all columns, in a few sentences for a message."""
        kinds = ", ".join(f"{quoted(name)} ({kind})" for name, kind in self.left_out.items())
        nested = f" Nested or binary, and not read: {kinds}." if kinds else ""
        columns = f"{_every(self.columns)}.{nested}"
        if len(self.sheets) < 2:
            return f"Its columns are: {columns}"
        read, *others = self.sheets
        sheets = f"Read is the sheet '{read}'; choose another with --sheet: {listed_sheets(others)}."
        return f"{sheets} Its columns are: {columns}"

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
            column = pc.if_else(pc.is_in(pc.utf8_lower(trimmed), pa.array(sorted(MISSING_VALUES))), None, trimmed)
        elif pa.types.is_temporal(column.type):
            return None
        try:
            values: Doubles = column.cast(pa.float64(), safe=False).to_numpy()
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            return None
        return values

    def column(self, given: str | None, known: tuple[str, ...], flag: str, beside: Collection[str] = ()) -> str | None:
        """Return the name of a column: the one the user names, else the first with a known name, whatever its case.

        Of two that differ by case alone, that in lower case comes first.

        Parameters
        ----------
        given : str or None
            As named by the user.
        known : tuple of str
            Names in lower case, the preferred first.
        flag : str
            Option of the command line that names it, for the message.
        beside : collection of str
            Columns that are not taken for their name.

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
            if given in self.left_out:
                raise SourceError(
                    f"'{self.path}': the column '{given}' is nested or binary, not plain text or numbers "
                    f"({self.left_out[given]}). Write what is needed of it to a plain column, or name another with "
                    f"--{flag}: {_every(self.columns)}."
                )
            if given not in self.columns:
                raise SourceError(
                    f"'{self.path}' has no column '{given}'. {self.listing} Name one of these with --{flag}."
                )
            return given
        lower = {name.strip().lower(): name for name in reversed(self.columns) if name not in beside}
        lower |= {name: name for name in self.columns if name in lower and name not in beside}
        return next((lower[name] for name in known if name in lower), None)


def read_table(path: Path, as_text: Collection[str] = (), sheet: str | None = None) -> ColumnTable:
    """Read a text file, an Excel workbook, lines of JSON or a Parquet file.

    Parameters
    ----------
    path : Path
        Of the file; its suffix decides the format.
    as_text : collection of str
        Columns, in lower case, that a text file holds as texts whatever these look like.
    sheet : str, optional
        Of a workbook; default: the first.

    Returns
    -------
    ColumnTable
        With at least one row.

    Raises
    ------
    SourceError
        The file is damaged or has no such sheet, a column is repeated, or there is no row.
    """
    suffix = path.suffix.lower()
    if sheet is not None and suffix != WORKBOOK:
        raise has_no_sheets(path)
    if found_pointer := describe_lfs_pointer(path):
        raise SourceError(found_pointer)
    sheets: tuple[str, ...] = ()
    index: frozenset[str] = frozenset()
    notes: tuple[Note, ...] = ()
    class_names: Mapping[str, tuple[str, ...]] = {}
    try:
        if suffix in TEXT_SUFFIXES:
            text = read_text_table(path, as_text, _SPELLED)
            read, notes = text.columns, text.notes
        elif suffix == WORKBOOK:
            found = read_excel_sheet(path, sheet)
            text = parse_text_table(path, found.content, as_text, _SPELLED, found.notes, ",")
            read, notes, sheets = text.columns, text.notes, (found.name, *found.others)
        elif suffix in LINES_OF_JSON:
            try:
                table = pa_json.read_json(path)
            except pa.ArrowInvalid as error:
                raise find_odd_object(path) or error from None
            read = dict(zip(table.column_names, table.columns, strict=True))
        else:
            arrow = read_arrow_columns(path)
            read, class_names, index = arrow.columns, arrow.class_names, arrow.index
    except (pa.ArrowException, OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error) as error:
        raise SourceError(
            f"'{path}' cannot be read: {_first_line(error)}. Save it again, as UTF-8 text or Parquet."
        ) from error
    return replace(_table(path, read, notes, class_names), sheets=sheets, index=index)


def read_shards(folder: Path, shards: Sequence[str], splits: Sequence[str]) -> ColumnTable:
    """Read Parquet files, or streams of Arrow, as one table.

    Parameters
    ----------
    folder : Path
        Of the data set.
    shards : sequence of str
        Files in it, in posix form, in the order of the rows.
    splits : sequence of str
        The split of each; a column ``split`` where there is one, and the files have none.

    Returns
    -------
    ColumnTable
        With at least one row.

    Raises
    ------
    SourceError
        A file is damaged, the files have other columns than the first, or there is no row.
    """
    parts: list[ArrowColumns] = []
    for shard in shards:
        try:
            parts.append(read_arrow_columns(folder / shard))
        except (pa.ArrowException, OSError) as error:
            raise SourceError(f"'{folder / shard}' cannot be read: {_first_line(error)}. Save it again.") from error
    joined = join_columns(folder, shards, parts)
    columns = dict(joined.columns)
    if any(splits) and "split" not in columns:
        values = [pa.array([split] * part.rows, pa.string()) for split, part in zip(splits, parts, strict=True)]
        columns["split"] = pa.chunked_array(values)
    return replace(_table(folder, columns, (), joined.class_names), shards=tuple(shards), index=joined.index)


def _table(
    path: Path,
    read: Mapping[str, pa.ChunkedArray | pa.DataType],
    notes: tuple[Note, ...],
    class_names: Mapping[str, tuple[str, ...]],
) -> ColumnTable:
    """Return what was read as a table: of nested columns, only the type was."""
    kinds = {name: column if isinstance(column, pa.DataType) else column.type for name, column in read.items()}
    columns = {name: column for name, column in read.items() if is_plain(kinds[name])}
    if read and not columns and not _is_empty(read):
        raise SourceError(
            f"'{path}': all columns are nested or binary ({listed_columns(list(read))}). Write plain text or numbers."
        )
    if not columns or not len(next(iter(columns.values()))):
        raise SourceError(f"'{path}' has no rows. Give at least one sample below the names of the columns.")
    left_out = {name: describe(kind) for name, kind in kinds.items() if name not in columns}
    pictures = tuple(name for name in left_out if isinstance(read[name], pa.DataType) and holds_bytes(kinds[name]))
    return ColumnTable(path, columns, left_out, notes, pictures, class_names)


def _is_empty(read: Mapping[str, Any]) -> bool:
    first = next(iter(read.values()))
    return not isinstance(first, pa.DataType) and not len(first)


def _every(names: Iterable[str]) -> str:
    return ", ".join(map(quoted, names))


def _plain(value: float) -> str:
    """Return a number without a fraction as a whole one: a label 3.0 is class 3."""
    return str(int(value)) if value.is_integer() else repr(value)


def _first_line(error: Exception) -> str:
    text: Any = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(text).splitlines()[0].rstrip(".")
