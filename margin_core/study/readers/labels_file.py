r"""Labels that stand apart from the samples, in a table that names these by their ids.

::

    id,label            or  file,breed,split            for pictures/1.jpg, pictures/2.jpg ...
    1,cat                   pictures\1.jpg,cat,train
    2,dog                   pictures\2.jpg,dog,test
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from margin_core.errors import SourceError
from margin_core.storage.fingerprint import fingerprint
from margin_core.study.class_names import number_classes
from margin_core.study.contents import FileListing, compute_digests
from margin_core.study.notes import Note, NoteKind, assumption, check_lost, loss, read
from margin_core.study.readers.known_names import GROUPS, IDS, LABELS, LIKELY_LABELS, SPLITS, WEIGHTS
from margin_core.study.readers.table_suffixes import MANIFESTS, WORKBOOK
from margin_core.study.samples import (
    ColumnNames,
    ReadRequest,
    Samples,
    counted,
    encode_classes,
    listed,
    listed_columns,
    worded,
)
from margin_core.values import UNLABELED

_SPELLINGS: tuple[Callable[[str], str], ...] = (
    lambda name: name,
    lambda name: name.strip().replace("\\", "/").removeprefix("./"),
    lambda name: name.strip().replace("\\", "/").rpartition("/")[2],
    lambda name: (
        name.strip().replace("\\", "/").rpartition("/")[2].rpartition(".")[0]
        or name.strip().replace("\\", "/").rpartition("/")[2]
    ),
)
"""Ways to write the name of a sample, the strictest first: as it is, as a path, without folders, without a suffix."""


@dataclass(frozen=True)
class _Joined:
    """The row of the table for each sample, -1 where there is none, and the rows that were left over."""

    rows: NDArray[np.int64]
    unknown: list[int]
    repeated: list[int]


def read_with_labels(request: ReadRequest, reader: Callable[[ReadRequest], Samples]) -> Samples:
    """Read a source, and its labels from the table that the request names, if it names one.

    Parameters
    ----------
    request : ReadRequest
        Its columns name the table, and columns of it.
    reader : callable
        Reads the source.

    Returns
    -------
    Samples
        Those of the source, with the labels and the other columns of the table; a sample that it does not name is to be
        labeled.

    Raises
    ------
    SourceError
        The table cannot be read, has no label, or most of its rows name no sample; or as the reader raises it.
    AccessError
        As the reader raises it.
    """
    columns = request.columns
    if columns.labels is None:
        return reader(request)
    table = Path(columns.labels)
    own = ColumnNames(file=columns.file, kinds=columns.kinds, sheet=columns.sheet if _is_workbook(request) else None)
    return join_labels(reader(replace(request, columns=own, apart=table)), request, table)


def join_labels(samples: Samples, request: ReadRequest, path: Path) -> Samples:
    """Return samples with the labels and the other columns of a table that names them by their ids.

    Parameters
    ----------
    samples : Samples
    request : ReadRequest
        Its columns are named of the table; its path is the source, for messages.
    path : Path
        Of the table.

    Returns
    -------
    Samples
        A sample that the table does not name is to be labeled.

    Raises
    ------
    SourceError
        The table cannot be read, has no label, or most of its rows name no sample.
    """
    from margin_core.study.readers.column_names import read_column_names
    from margin_core.study.readers.column_table import read_table  # pyarrow is slow to import
    from margin_core.study.readers.exported_labels import without_review

    columns = request.columns
    if not path.name.lower().endswith(MANIFESTS):
        raise SourceError(f"'{path}' is no table of labels. Give one of {', '.join(MANIFESTS)}.")
    # All of it as texts: an id 007 is the name of a picture.
    sheet = None if _is_workbook(request) else columns.sheet
    table = read_table(path, {name.lower() for name in read_column_names(path, sheet)}, sheet)
    table, of_review = without_review(table, columns.roles.values())
    ids = samples.ids
    if ids is None:
        ids = np.array([str(row) for row in range(_count(samples))])
    label = table.column(columns.label, (*LABELS, *sorted(LIKELY_LABELS)), "label")
    texts = {name: table.texts(name) for name in table.columns}
    others = [name for name in texts if name != label]
    id_column = table.column(columns.id, (), "id") or _id_column(ids.tolist(), {name: texts[name] for name in others})
    if label is None:
        left = [name for name in others if name != id_column]
        label = left[0] if len(left) == 1 else None
    if label is None or id_column is None:
        what = "label" if label is None else "id"
        raise SourceError(f"'{path}' has no {what} column. {table.listing} Name one of these with --{what}.")
    joined = _join(ids.tolist(), texts[id_column])
    notes = tuple(_notes(samples, request, path, joined, texts[id_column], label, id_column))
    found = [texts[label][row] if row >= 0 else "" for row in joined.rows.tolist()]
    names = table.class_names.get(label)
    if names is None:
        labels, names, more = number_classes(path, found)
        notes += more
    else:
        labels = encode_classes(found, names)
    roles = {
        "split": table.column(columns.split, SPLITS, "split"),
        "weight": table.column(columns.weight, WEIGHTS, "weight"),
        "group": table.column(columns.group, GROUPS, "group"),
    }
    named = {name: role for role, name in roles.items() if name is not None}
    beside = {
        named.get(name, name): _column(table.numbers(name), texts[name], joined.rows)
        for name in texts
        if name not in (label, id_column)
    }
    shown = [name for name in beside if name not in roles]
    if shown:
        notes = (
            *notes,
            read(f"Columns of '{path.name}' shown beside the samples, no features: {listed_columns(shown, 12)}."),
        )
    content = compute_digests(FileListing.of(path.parent, [path.name]), None, request.run)
    return replace(
        samples,
        ids=ids,
        labels=labels,
        class_names=names,
        columns={**samples.columns, **beside},
        notes=(*(note for note in samples.notes if not _is_of_label(note)), *table.notes, *of_review, *notes),
        key=None if samples.key is None else fingerprint(samples.key, content, columns),
    )


def _is_workbook(request: ReadRequest) -> bool:
    """Return whether the source is one, and a sheet that is named is one of it and not of the table of labels."""
    return request.path.suffix.lower() == WORKBOOK


def _count(samples: Samples) -> int:
    parts = (samples.inputs, samples.embedding, samples.probabilities)
    return next(len(part) for part in parts if part is not None)


def _id_column(ids: Sequence[str], columns: dict[str, list[str]]) -> str | None:
    """Return the column that names most samples; of several, one that is called an id, then the first."""
    found = {name: int((_join(ids, texts).rows >= 0).sum()) for name, texts in columns.items()}
    order = sorted(found, key=lambda name: (-found[name], name.lower() not in IDS))
    return order[0] if order and found[order[0]] else next((name for name in columns if name.lower() in IDS), None)


def _join(ids: Sequence[str], named: Sequence[str]) -> _Joined:
    """Find the sample that each row names, by the strictest spelling by which it is one only."""
    rows = np.full(len(ids), -1, np.int64)
    unknown: list[int] = []
    repeated: list[int] = []
    samples = [_by_spelling(ids, spell) for spell in _SPELLINGS]
    for row, name in enumerate(named):
        places = (known.get(spell(name), -1) for spell, known in zip(_SPELLINGS, samples, strict=True))
        sample = next((place for place in places if place >= 0), -1)
        if sample < 0:
            unknown.append(row)
        elif rows[sample] >= 0:
            repeated.append(row)
        else:
            rows[sample] = row
    return _Joined(rows, unknown, repeated)


def _by_spelling(ids: Sequence[str], spell: Callable[[str], str]) -> dict[str, int]:
    """Return the sample of each spelling that is of one only."""
    found: dict[str, int] = {}
    for row, name in enumerate(map(spell, ids)):
        found[name] = row if name not in found else -1
    return found


def _column(numbers: NDArray[Any] | None, texts: list[str], rows: NDArray[np.int64]) -> NDArray[Any]:
    """Return the values of a column by sample; missing for a sample that the table does not name."""
    if numbers is not None:
        return np.where(rows >= 0, numbers[rows], np.nan)
    return np.array([texts[row] if row >= 0 else "" for row in rows.tolist()])


def _is_of_label(note: Note) -> bool:
    """Return whether a note says where the labels of the source stood, which are not read."""
    return note.kind is NoteKind.READ and note.text.startswith("Label:")


def _notes(
    samples: Samples, request: ReadRequest, path: Path, joined: _Joined, named: list[str], label: str, id_column: str
) -> Iterator[Note]:
    n, unknown = len(named), joined.unknown
    first = listed([f"'{named[row]}'" for row in unknown], 3)
    remedy = f"Name the column of the ids with --id: they are such as '{_first(samples)}'."
    if len(unknown) == n:
        raise SourceError(
            f"'{path}': no row of column '{id_column}' ({first}) names a sample of '{request.path}'. {remedy}"
        )
    check_lost(path, len(unknown), n, f"rows name no sample of '{request.path}' ({first})", remedy)
    if unknown:
        no_sample = worded(len(unknown), "which names no sample", "which name no sample")
        yield loss(f"{counted(len(unknown), 'row')} of '{path.name}' left out, {no_sample} ({first}).")
    if joined.repeated:
        again = listed([f"'{named[row]}'" for row in joined.repeated], 3)
        yield loss(f"{counted(len(joined.repeated), 'row')} of '{path.name}' left out, whose sample has one ({again}).")
    missing = int((joined.rows < 0).sum())
    if missing:
        yield assumption(f"{counted(missing, 'sample')} not named by '{path.name}': to label.")
    if samples.labels is not None and (np.asarray(samples.labels) != UNLABELED).any():
        yield assumption(f"The labels of '{path.name}' are used instead of those of the source.")
    yield read(f"Label: column '{label}' of '{path.name}', by '{id_column}'.")


def _first(samples: Samples) -> str:
    return "0" if samples.ids is None else str(samples.ids[0])
