"""The columns of files that say their own types: Parquet, and the streams of Arrow that Datasets saves to disk."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pa_parquet

from margin_core.errors import SourceError
from margin_core.study.readers.table_suffixes import ARROW
from margin_core.study.samples import listed, listed_columns

_INDEX = re.compile(r"__index_level_\d+__")


@dataclass(frozen=True, eq=False)
class ArrowColumns:
    """The columns of a file, as they were read.

    Attributes
    ----------
    columns : dict of str to array or DataType
        In the order of the file: plain columns, and of nested or binary ones, which are not read, the type.
    class_names : dict of str to tuple of str
        Of the columns of classes whose names the file states; these columns hold the names.
    rows : int
    index : frozenset of str
        The columns that were the index of a DataFrame of pandas.
    """

    columns: dict[str, pa.ChunkedArray | pa.DataType]
    class_names: dict[str, tuple[str, ...]]
    rows: int
    index: frozenset[str] = frozenset()


def read_arrow_columns(path: Path) -> ArrowColumns:
    """Read the plain columns of a Parquet file, or of a stream of Arrow.

    Parameters
    ----------
    path : Path
        Its suffix decides.

    Returns
    -------
    ArrowColumns

    Raises
    ------
    SourceError
        A column is repeated, or a class has no name.
    OSError, pyarrow.ArrowException
        The file cannot be read.
    """
    if path.name.lower().endswith(ARROW):
        # Its columns stay in the file until they are used.
        with pa.memory_map(str(path)) as file, pa.ipc.open_stream(file) as stream:
            schema = stream.schema
            _check_unique(path, schema.names)
            table = stream.read_all().select([member.name for member in schema if is_plain(member.type)])
    else:
        with pa_parquet.ParquetFile(path) as parquet:
            schema = parquet.schema_arrow
            _check_unique(path, schema.names)
            table = parquet.read(columns=[member.name for member in schema if is_plain(member.type)])
    class_names = _read_class_names(schema)
    columns: dict[str, pa.ChunkedArray | pa.DataType] = {}
    for name, kind in zip(schema.names, schema.types, strict=True):
        columns[name] = kind
        if name not in table.column_names:
            continue
        column = table.column(name)
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        if pa.types.is_large_string(column.type) or pa.types.is_string_view(column.type):
            column = column.cast(pa.string())
        if name in class_names:
            column = _named(path, name, column, class_names[name])
        columns[name] = column
    return ArrowColumns(columns, class_names, table.num_rows, _read_index(schema))


def join_columns(folder: Path, names: Sequence[str], parts: Sequence[ArrowColumns]) -> ArrowColumns:
    """Return the columns of several files as those of one, whose rows follow each other.

    Parameters
    ----------
    folder : Path
        Of the files, for messages.
    names, parts : sequence of str, of ArrowColumns
        At least one.

    Returns
    -------
    ArrowColumns

    Raises
    ------
    SourceError
        A file has other columns, or other classes, than the first.
    """
    first = parts[0]
    for name, part in zip(names, parts, strict=True):
        if part.columns.keys() != first.columns.keys():
            other = sorted(part.columns.keys() ^ first.columns.keys())
            raise SourceError(
                f"'{folder}': '{name}' and '{names[0]}' have different columns ({listed_columns(other)}). Open them "
                "one by one."
            )
        if part.class_names != first.class_names:
            raise SourceError(f"'{folder}': '{name}' and '{names[0]}' name different classes. Open them one by one.")
    try:
        columns = {name: _joined([part.columns[name] for part in parts]) for name in first.columns}
    except pa.ArrowException as error:
        raise SourceError(f"'{folder}': its files hold columns of different types ({error}). Save it again.") from error
    return ArrowColumns(columns, first.class_names, sum(part.rows for part in parts), first.index)


def _joined(columns: Sequence[pa.ChunkedArray | pa.DataType]) -> pa.ChunkedArray | pa.DataType:
    arrays = [column for column in columns if isinstance(column, pa.ChunkedArray)]
    if len(arrays) < len(columns):
        return columns[0] if isinstance(columns[0], pa.DataType) else columns[0].type
    tables = [pa.table({"column": column}) for column in arrays]
    return pa.concat_tables(tables, promote_options="permissive").column("column")


def is_plain(kind: pa.DataType) -> bool:
    """Return whether a column is neither nested nor binary.

    Parameters
    ----------
    kind : DataType

    Returns
    -------
    bool
    """
    return not (pa.types.is_nested(kind) or _is_binary(kind))


def _is_binary(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind))


def holds_bytes(kind: pa.DataType) -> bool:
    """Return whether a column is a struct of ``bytes`` and ``path``, as the library Datasets writes pictures.

    Parameters
    ----------
    kind : DataType

    Returns
    -------
    bool
    """
    names = {member.name: member.type for member in kind} if pa.types.is_struct(kind) else {}
    return names.keys() == {"bytes", "path"} and _is_binary(names["bytes"])


def describe(kind: pa.DataType) -> str:
    """Return in a few words what a nested or binary column holds.

    Parameters
    ----------
    kind : DataType

    Returns
    -------
    str
    """
    if pa.types.is_struct(kind):
        return f"a struct of {listed([member.name for member in kind])}"
    if pa.types.is_map(kind):
        return "a map"
    return "bytes" if _is_binary(kind) else f"a list of {kind.value_type}"


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


def _read_index(schema: pa.Schema) -> frozenset[str]:
    """Return the columns that pandas says were the index; it calls those without a name ``__index_level_0__``."""
    try:
        stated = json.loads((schema.metadata or {})[b"pandas"])["index_columns"]
        index = {name for name in stated if isinstance(name, str)}
    except (KeyError, TypeError, ValueError):
        index = set()
    return frozenset(name for name in schema.names if name in index or _INDEX.fullmatch(name))


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
