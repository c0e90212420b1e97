"""A table, CSV or Parquet, with a label column and either the paths of pictures, or texts, or columns of numbers.

::

    file,label,split                      id,petal length,petal width,label          text,label
    images/1.jpg,cat,train                a1,1.4,0.2,setosa                          "Lovely, and cheap",good
    images/2.jpg,dog,test                 a2,4.7,1.4,versicolor                      Never again,bad
"""

from __future__ import annotations

import csv
import os
import stat
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet

from margin_core.errors import AccessError, SourceError
from margin_core.storage.fingerprint import fingerprint
from margin_core.study.contents import ABSENT, FileListing, compute_digests
from margin_core.study.features.standardized_columns import standardize
from margin_core.study.features.word_features import with_word_features
from margin_core.study.inputs.pictures import PictureFiles, is_picture
from margin_core.study.inputs.tables import NumberTable
from margin_core.study.inputs.texts import TextList
from margin_core.study.roots import is_inside, resolve_links
from margin_core.study.samples import ReadRequest, Samples, counted, encode_classes, listed, sort_class_names
from margin_core.values import Doubles

VERSION = 1
"""Raised whenever the same file is read differently."""

TEXT_SUFFIXES = (".csv", ".tsv")

LABELS = ("label", "labels", "class", "target", "y")
IDS = ("id", "sample_id")
TEXTS = ("text", "sentence")
SPLITS = ("split",)
WEIGHTS = ("sample_weight",)
"""Not ``weight``: that is as likely what something weighs."""
GROUPS = ("group", "group_id")

_MISSING = ("", "NA", "N/A", "NaN", "nan", "null", "NULL", "None")
"""What stands for no number in a text file."""

_LOOKED_AT = 100
"""Values that are looked at to tell whether a column holds paths of pictures."""


@dataclass(frozen=True, eq=False)
class _Table:
    """A table as it was read: every column as text or as numbers."""

    path: Path
    columns: dict[str, pa.ChunkedArray]
    left_out: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def texts(self, name: str) -> list[str]:
        """Give a column as text, a missing value as the empty one."""
        column = self.columns[name]
        if pa.types.is_floating(column.type):
            return ["" if value is None or value != value else _plain(value) for value in column.to_pylist()]
        return ["" if value is None else value for value in column.cast(pa.string()).to_pylist()]

    def numbers(self, name: str) -> Doubles | None:
        """Give a column as numbers, a missing one as NaN; None when it holds anything else."""
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
        """Find a column: the one that is named, else the first with a known name, whatever its case."""
        if given is not None:
            if given not in self.columns:
                raise SourceError(
                    f"'{self.path}' has no column '{given}'. Its columns are: {', '.join(self.columns)}. "
                    f"Name one of these with --{flag}."
                )
            return given
        lower = {name.strip().lower(): name for name in reversed(self.columns)}
        return next((lower[name] for name in known if name in lower), None)


def read_manifest(request: ReadRequest) -> Samples:
    """Read a manifest.

    A column of paths is the one that is named, else the first text column that holds names of pictures;
    paths start from the folder of the manifest. Without one, a column called ``text`` or ``sentence`` is the
    inputs, and its words the embedding; else all columns of numbers that play no other part are the inputs, and
    standardised they are the embedding. Columns that play no part are kept.

    Raises
    ------
    SourceError
        The file is broken, a column is missing or repeated, there is no row, or nothing can be compared.
    AccessError
        A path leads outside the folder of the manifest and the roots.
    """
    table = _read(request.path)
    columns = request.columns
    label = table.column(columns.label, LABELS, "label")
    if label is None:
        raise SourceError(
            f"'{request.path}' has no label column ({', '.join(LABELS)}). "
            f"Its columns are: {', '.join(table.columns)}. Name one of these with --label."
        )
    parts = {
        "split": table.column(columns.split, SPLITS, "split"),
        "weight": table.column(columns.weight, WEIGHTS, "weight"),
        "group": table.column(columns.group, GROUPS, "group"),
    }
    texts = [text.strip() for text in table.texts(label)]
    names = sort_class_names(texts)
    ids, id_column, notes = _ids(table, columns.id)
    if table.left_out:
        columns_left = counted(len(table.left_out), "column")
        notes = (*notes, f"{columns_left} left out, not plain text or numbers ({listed(table.left_out)}).")
    taken = {label, id_column, *parts.values()}
    free = [name for name in table.columns if name not in taken]
    common = Samples(
        name=request.path.stem,
        ids=ids,
        labels=encode_classes(texts, names),
        class_names=names,
        columns={part: _any_column(table, name) for part, name in parts.items() if name is not None},
        notes=notes,
    )
    file = table.column(columns.file, (), "file") or next((name for name in free if _holds_pictures(table, name)), None)
    if file is not None:
        return _with_pictures(common, request, table, file, [name for name in free if name != file])
    text = table.column(None, TEXTS, "text")
    if text in free and pa.types.is_string(table.columns[text].type):
        return _with_texts(common, request, table, text, [name for name in free if name != text])
    return _with_numbers(common, request, table, free, label)


def _with_pictures(common: Samples, request: ReadRequest, table: _Table, file: str, others: list[str]) -> Samples:
    files = _picture_files(request, table.texts(file), file)
    columns = {name: _any_column(table, name) for name in others} | dict(common.columns)
    ids, paths = common.ids, np.array(files.paths)
    if ids is not None:
        columns["file"] = paths
    elif len(set(files.paths)) == len(files):
        ids = paths
    return replace(common, ids=ids, inputs=files, columns=columns)


def _with_texts(common: Samples, request: ReadRequest, table: _Table, text: str, others: list[str]) -> Samples:
    columns = {name: _any_column(table, name) for name in others} | dict(common.columns)
    samples = replace(common, inputs=TextList(tuple(table.texts(text))), columns=columns, key=_key(request))
    return with_word_features(samples, request)


def _with_numbers(common: Samples, request: ReadRequest, table: _Table, free: list[str], label: str) -> Samples:
    numbers = {name: values for name in free if (values := table.numbers(name)) is not None}
    if not numbers:
        raise SourceError(
            f"'{request.path}' has neither a column with the paths of pictures nor one called 'text' nor one "
            f"of numbers besides the label '{label}'. Its columns are: {', '.join(table.columns)}. Add one, or name "
            "the paths with --file."
        )
    values = np.column_stack(list(numbers.values()))
    embedding, left_out = standardize(str(request.path), values, tuple(numbers))
    with np.errstate(over="ignore"):
        inputs = NumberTable(values.astype(np.float32), tuple(numbers))
    texts = {name: _any_column(table, name) for name in free if name not in numbers}
    return replace(
        common,
        inputs=inputs,
        embedding=embedding,
        columns=texts | dict(common.columns),
        features=counted(embedding.shape[1], "standardized column"),
        notes=(*common.notes, *left_out),
        key=_key(request),
    )


def _key(request: ReadRequest) -> str:
    listing = FileListing.of(request.path.parent, [request.path.name])
    return fingerprint("manifest", VERSION, compute_digests(listing, request.memory, request.run), request.columns)


def _read(path: Path) -> _Table:
    try:
        read = _read_text(path) if path.suffix.lower() in TEXT_SUFFIXES else _read_parquet(path)
    except (pa.ArrowException, OSError, UnicodeDecodeError, csv.Error) as error:
        raise SourceError(
            f"'{path}' cannot be read: {_first_line(error)}. Save it again, as UTF-8 text or Parquet."
        ) from error
    columns = {name: column for name, column in read.items() if _is_plain(column.type)}
    if not columns or not len(next(iter(columns.values()))):
        raise SourceError(f"'{path}' has no rows. Give at least one sample below the names of the columns.")
    return _Table(path, columns, tuple(name for name in read if name not in columns))


def _is_plain(kind: pa.DataType) -> bool:
    return not (pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _read_text(path: Path) -> dict[str, pa.ChunkedArray]:
    """Read every column as text: an id '007' stays one."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        first = stream.readline()
        delimiter = "\t" if path.suffix.lower() == ".tsv" else max(",;\t", key=first.count)
        stream.seek(0)
        if not first.endswith("\n"):
            return {}  # A header alone at most, and the parser wants a line below it.
        header = next(csv.reader(stream, delimiter=delimiter, strict=True), [])
    _refuse_repeated(path, header)
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
    _refuse_repeated(path, table.column_names)
    columns = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        flat = column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column
        if pa.types.is_large_string(flat.type) or pa.types.is_string_view(flat.type):
            flat = flat.cast(pa.string())
        columns[name] = flat
    return columns


def _refuse_repeated(path: Path, header: list[str]) -> None:
    repeated = [name for name in header if header.count(name) > 1]
    if repeated:
        raise SourceError(
            f"'{path}' has {header.count(repeated[0])} columns '{repeated[0]}'. Give each a name of its own."
        )


def _ids(table: _Table, given: str | None) -> tuple[np.ndarray | None, str | None, tuple[str, ...]]:
    """Give the ids, the column they come from, and what to say about them."""
    column = table.column(given, IDS, "id")
    if column is None:
        return None, None, ()
    texts = table.texts(column)
    if given is None and (len(set(texts)) < len(texts) or "" in texts):
        return None, None, (f"Column '{column}' repeats or is empty in places, so it does not name the samples.",)
    return np.array(texts), column, ()


def _any_column(table: _Table, name: str) -> np.ndarray:
    numbers = table.numbers(name)
    return np.array(table.texts(name)) if numbers is None else numbers


def _holds_pictures(table: _Table, name: str) -> bool:
    if not pa.types.is_string(table.columns[name].type):
        return False
    values = [value for value in table.columns[name].slice(0, _LOOKED_AT).to_pylist() if value]
    return sum(map(is_picture, values)) * 2 > len(values)


def _picture_files(request: ReadRequest, paths: list[str], column: str) -> PictureFiles:
    """Look at every file that is listed, and refuse paths that lead outside."""
    root = request.path.parent
    allowed = (root, *request.roots)
    folders: dict[str, bool] = {}
    sizes, changed = np.full(len(paths), ABSENT), np.zeros(len(paths), np.int64)
    for row, path in enumerate(paths):
        try:
            facts = os.lstat(root / path)
            folder = os.path.dirname(root / path)
            if folder not in folders:
                folders[folder] = is_inside(resolve_links(folder), allowed)
            inside = folders[folder]
            if stat.S_ISLNK(facts.st_mode):
                inside = is_inside(resolve_links(root / path), allowed)
                facts = os.stat(root / path)
        except (OSError, ValueError):
            # Not there (a picture that cannot be read), but it may not even ask for one outside.
            inside = "\0" in path or is_inside(resolve_links(root / path), allowed)
        else:
            if inside and stat.S_ISREG(facts.st_mode):
                sizes[row], changed[row] = facts.st_size, facts.st_mtime_ns
        if not inside:
            raise AccessError(
                f"'{request.path}', row {row + 1}: '{path}' leads outside '{root}'. "
                "Move the file below the folder of the manifest, or declare its folder as a root."
            )
    if (sizes == ABSENT).all():
        raise SourceError(
            f"'{request.path}': none of the {counted(len(paths), 'file')} in column '{column}' is there; the first is "
            f"'{paths[0]}'. Paths start from the folder of the manifest, '{root}'."
        )
    listing = FileListing(root, tuple(paths), sizes, changed)
    return PictureFiles(root, tuple(paths), compute_digests(listing, request.memory, request.run), allowed)


def _plain(value: float) -> str:
    """Write a number without a fraction as a whole one: a label 3.0 is class 3."""
    return str(int(value)) if value.is_integer() else repr(value)


def _first_line(error: Exception) -> str:
    text: Any = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(text).splitlines()[0].rstrip(".")
