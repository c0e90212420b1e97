"""A table, CSV or Parquet, with a label column and either the paths of pictures, or texts, or columns of numbers.

::

    file,label,split                      id,petal length,petal width,label          text,label
    images/1.jpg,cat,train                a1,1.4,0.2,setosa                          "Lovely, and cheap",good
    images/2.jpg,dog,test                 a2,4.7,1.4,versicolor                      Never again,bad
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa

from margin_core.errors import SourceError
from margin_core.storage.fingerprint import fingerprint
from margin_core.study.contents import FileListing, compute_digests
from margin_core.study.features.standardized_columns import standardize
from margin_core.study.features.word_features import with_word_features
from margin_core.study.inputs.pictures import is_picture
from margin_core.study.inputs.tables import NumberTable
from margin_core.study.inputs.texts import TextList
from margin_core.study.notes import Note, assumption, loss
from margin_core.study.readers.column_table import ColumnTable, read_table
from margin_core.study.readers.listed_pictures import list_picture_files
from margin_core.study.samples import ReadRequest, Samples, counted, encode_classes, listed, sort_class_names

VERSION = 1
"""Raised whenever the same file is read differently."""

LABELS = ("label", "labels", "class", "target", "y")
IDS = ("id", "sample_id")
TEXTS = ("text", "sentence")
SPLITS = ("split",)
WEIGHTS = ("sample_weight",)
"""Not ``weight``: that may as well be a quantity that was measured."""
GROUPS = ("group", "group_id")

_MAX_VALUES_READ = 100
"""Values by which a column of paths of pictures is recognized."""


def read_manifest(request: ReadRequest) -> Samples:
    """Read a manifest.

    The column of paths is the one that is named, else the first text column that holds names of pictures;
    paths start from the folder of the manifest. Without one, a column called ``text`` or ``sentence`` is the
    inputs, and their words give the embedding; else all columns of numbers without another role are the inputs, and
    standardized they are the embedding. Other columns become columns of the study.

    Parameters
    ----------
    request : ReadRequest
        The manifest, and how to read it.

    Returns
    -------
    Samples
        As the manifest has them, without a model.

    Raises
    ------
    SourceError
        The file is damaged, a column is missing or repeated, there is no row, or nothing can be compared.
    AccessError
        A path leads outside the folder of the manifest and the roots.
    """
    table = read_table(request.path)
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
        notes = (*notes, loss(f"{columns_left} left out, not plain text or numbers ({listed(table.left_out)})."))
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


def _with_pictures(common: Samples, request: ReadRequest, table: ColumnTable, file: str, others: list[str]) -> Samples:
    files = list_picture_files(request, table.texts(file), file)
    columns = {name: _any_column(table, name) for name in others} | dict(common.columns)
    ids, paths = common.ids, np.array(files.paths)
    if ids is not None:
        columns["file"] = paths
    elif len(set(files.paths)) == len(files):
        ids = paths
    return replace(common, ids=ids, inputs=files, columns=columns)


def _with_texts(common: Samples, request: ReadRequest, table: ColumnTable, text: str, others: list[str]) -> Samples:
    columns = {name: _any_column(table, name) for name in others} | dict(common.columns)
    samples = replace(common, inputs=TextList(tuple(table.texts(text))), columns=columns, key=_key(request))
    return with_word_features(samples, request)


def _with_numbers(common: Samples, request: ReadRequest, table: ColumnTable, free: list[str], label: str) -> Samples:
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


def _ids(table: ColumnTable, given: str | None) -> tuple[np.ndarray | None, str | None, tuple[Note, ...]]:
    """Return the ids, the column they come from, and notes about them."""
    column = table.column(given, IDS, "id")
    if column is None:
        return None, None, ()
    texts = table.texts(column)
    if given is None and (len(set(texts)) < len(texts) or "" in texts):
        return (
            None,
            None,
            (assumption(f"Column '{column}' repeats or is empty in places, so it does not name the samples."),),
        )
    return np.array(texts), column, ()


def _any_column(table: ColumnTable, name: str) -> np.ndarray:
    numbers = table.numbers(name)
    return np.array(table.texts(name)) if numbers is None else numbers


def _holds_pictures(table: ColumnTable, name: str) -> bool:
    if not pa.types.is_string(table.columns[name].type):
        return False
    values = [value for value in table.columns[name].slice(0, _MAX_VALUES_READ).to_pylist() if value]
    return sum(map(is_picture, values)) * 2 > len(values)
