"""A text file, an Excel sheet or a Parquet file as a table of columns, each of them read as text or as numbers."""

from __future__ import annotations

import csv
import json
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pa_json
import pyarrow.parquet as pa_parquet

from margin_core.errors import SourceError
from margin_core.study.notes import Note
from margin_core.study.readers.excel_table import SUFFIX as EXCEL
from margin_core.study.readers.excel_table import read_excel_lines
from margin_core.study.readers.text_table import parse_text_table, read_text_table
from margin_core.study.samples import listed
from margin_core.values import Doubles

TEXT_SUFFIXES = (".csv", ".tsv", ".txt", ".gz")
LINES_OF_JSON = (".jsonl", ".ndjson")
PARQUET = (".parquet", ".pq")

MISSING = frozenset({"", "?", "-", "--", ".", "na", "n/a", "#n/a", "nan", "null", "none", "<na>", "missing", "unknown"})
"""Texts that mean a missing number in a text file, in lower case."""

_SPELLED = sorted(
    {form for text in MISSING for form in (text, text.upper(), text.capitalize(), text.title())} | {"NaN"}
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
    """

    path: Path
    columns: dict[str, pa.ChunkedArray]
    left_out: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    pictures: tuple[str, ...] = ()
    class_names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    shards: tuple[str, ...] = ()

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
        """The names of all columns, in a sentence or two for a message."""
        kinds = ", ".join(f"{name} ({kind})" for name, kind in self.left_out.items())
        nested = f" Nested or binary, and not read: {kinds}." if kinds else ""
        return f"Its columns are: {', '.join(self.columns)}.{nested}"

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
            column = pc.if_else(pc.is_in(pc.utf8_lower(trimmed), pa.array(sorted(MISSING))), None, trimmed)
        elif pa.types.is_temporal(column.type):
            return None
        try:
            values: Doubles = column.cast(pa.float64(), safe=False).to_numpy()
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            return None
        return values

    def column(self, given: str | None, known: tuple[str, ...], flag: str, beside: Collection[str] = ()) -> str | None:
        """Return the name of a column: the one the user names, else the first with a known name, whatever its case.

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
                    f"--{flag}: {', '.join(self.columns)}."
                )
            if given not in self.columns:
                raise SourceError(
                    f"'{self.path}' has no column '{given}'. {self.listing} Name one of these with --{flag}."
                )
            return given
        lower = {name.strip().lower(): name for name in reversed(self.columns) if name not in beside}
        return next((lower[name] for name in known if name in lower), None)


def read_table(path: Path, as_text: Collection[str] = ()) -> ColumnTable:
    """Read a text file, an Excel workbook, lines of JSON or a Parquet file.

    Parameters
    ----------
    path : Path
        Of the file; its suffix decides the format.
    as_text : collection of str
        Columns, in lower case, that a text file holds as texts whatever these look like.

    Returns
    -------
    ColumnTable
        With at least one row.

    Raises
    ------
    SourceError
        The file is damaged, a column is repeated, or there is no row.
    """
    suffix = path.suffix.lower()
    notes: tuple[Note, ...] = ()
    class_names: Mapping[str, tuple[str, ...]] = {}
    try:
        if suffix in TEXT_SUFFIXES:
            text = read_text_table(path, as_text, _SPELLED)
            read, notes = text.columns, text.notes
        elif suffix == EXCEL:
            content, found = read_excel_lines(path)
            text = parse_text_table(path, content, as_text, _SPELLED, found, ",")
            read, notes = text.columns, text.notes
        elif suffix in LINES_OF_JSON:
            table = pa_json.read_json(path)
            read = dict(zip(table.column_names, table.columns, strict=True))
        else:
            read, class_names = _read_parquet(path)
    except (pa.ArrowException, OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error) as error:
        raise SourceError(
            f"'{path}' cannot be read: {_first_line(error)}. Save it again, as UTF-8 text or Parquet."
        ) from error
    kinds = {name: column if isinstance(column, pa.DataType) else column.type for name, column in read.items()}
    columns = {name: column for name, column in read.items() if _is_plain(kinds[name])}
    if read and not columns and not _is_empty(read):
        raise SourceError(
            f"'{path}': all columns are nested or binary ({listed(list(read))}). Write plain text or numbers."
        )
    if not columns or not len(next(iter(columns.values()))):
        raise SourceError(f"'{path}' has no rows. Give at least one sample below the names of the columns.")
    left_out = {name: _describe(kind) for name, kind in kinds.items() if name not in columns}
    pictures = tuple(name for name in left_out if isinstance(read[name], pa.DataType) and _holds_bytes(kinds[name]))
    return ColumnTable(path, columns, left_out, notes, pictures, class_names)


def _is_plain(kind: pa.DataType) -> bool:
    return not (pa.types.is_nested(kind) or _is_binary(kind))


def _is_binary(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind))


def _is_empty(read: Mapping[str, Any]) -> bool:
    first = next(iter(read.values()))
    return not isinstance(first, pa.DataType) and not len(first)


def _holds_bytes(kind: pa.DataType) -> bool:
    """Return whether a column is a struct of ``bytes`` and ``path``, as the library Datasets writes pictures."""
    names = {member.name: member.type for member in kind} if pa.types.is_struct(kind) else {}
    return names.keys() == {"bytes", "path"} and _is_binary(names["bytes"])


def _describe(kind: pa.DataType) -> str:
    """Return in a few words what a nested or binary column holds."""
    if pa.types.is_struct(kind):
        return f"a struct of {listed([member.name for member in kind])}"
    if pa.types.is_map(kind):
        return "a map"
    return "bytes" if _is_binary(kind) else f"a list of {kind.value_type}"


def _read_parquet(path: Path) -> tuple[dict[str, pa.ChunkedArray | pa.DataType], dict[str, tuple[str, ...]]]:
    """Return the plain columns of a file, the types of the others, which are not read, and the names of classes."""
    with pa_parquet.ParquetFile(path) as file:
        schema = file.schema_arrow
        _check_unique(path, schema.names)
        flat = [member.name for member in schema if _is_plain(member.type)]
        table = file.read(columns=flat)
    class_names = _read_class_names(schema)
    columns: dict[str, pa.ChunkedArray | pa.DataType] = {}
    for name, kind in zip(schema.names, schema.types, strict=True):
        columns[name] = kind
        if name not in flat:
            continue
        column = table.column(name)
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        if pa.types.is_large_string(column.type) or pa.types.is_string_view(column.type):
            column = column.cast(pa.string())
        if name in class_names:
            column = _named(path, name, column, class_names[name])
        columns[name] = column
    return columns, class_names


def _read_class_names(schema: pa.Schema) -> dict[str, tuple[str, ...]]:
    """Return the names of classes that the library Datasets writes into the metadata of a Parquet file, by column."""
    try:
        features = json.loads((schema.metadata or {})[b"huggingface"])["info"]["features"]
        named = {
            name: tuple(feature["names"])
            for name, feature in features.items()
            if isinstance(feature, dict) and feature.get("_type") == "ClassLabel" and feature.get("names")
        }
    except (KeyError, TypeError, ValueError, AttributeError):
        return {}  # It is not the file's fault that it describes itself in another way.
    return {
        name: names
        for name, names in named.items()
        if name in schema.names and pa.types.is_integer(schema.field(name).type)
        if all(isinstance(text, str) and text for text in names)
    }


def _named(path: Path, name: str, column: pa.ChunkedArray, names: tuple[str, ...]) -> pa.ChunkedArray:
    """Return a column of class numbers as one of class names; a missing or negative one is empty."""
    numbers = pc.if_else(pc.less(column, 0), None, column)
    largest = pc.max(numbers).as_py()
    if largest is not None and largest >= len(names):
        raise SourceError(
            f"'{path}': the column '{name}' holds the class {largest}, but its metadata names {len(names):,} classes, "
            "counted from 0. Save the file again with a name for each class."
        )
    return pc.take(pa.array(names), numbers)


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
