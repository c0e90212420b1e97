"""A table, CSV or Parquet, with a label column and either the paths of pictures, or texts, or columns of numbers.

::

    file,label,split                      id,petal length,petal width,label          text,label
    images/1.jpg,cat,train                a1,1.4,0.2,setosa                          "Lovely, and cheap",good
    images/2.jpg,dog,test                 a2,4.7,1.4,versicolor                      Never again,bad
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from margin_core.errors import SourceError
from margin_core.storage.fingerprint import fingerprint
from margin_core.study.class_names import number_classes
from margin_core.study.contents import FileListing, compute_digests
from margin_core.study.features.row_features import compute_row_features
from margin_core.study.features.word_features import with_word_features
from margin_core.study.inputs.pictures import EncodedPictures
from margin_core.study.inputs.texts import TextList
from margin_core.study.notes import Note, assumption, loss, read
from margin_core.study.readers.chosen_kinds import (
    check_no_features,
    choose_kinds,
    notes_of_values,
    type_columns,
)
from margin_core.study.readers.column_kinds import MAX_CATEGORIES
from margin_core.study.readers.column_table import ColumnTable, read_table
from margin_core.study.readers.edge_list import looks_like_edges
from margin_core.study.readers.embedded_pictures import read_embedded_pictures
from margin_core.study.readers.exported_labels import without_review
from margin_core.study.readers.known_names import GROUPS, IDS, LABELS, LIKELY_LABELS, SPLITS, TEXTS, WEIGHTS
from margin_core.study.readers.label_copies import notes_of_label_copies
from margin_core.study.readers.listed_pictures import list_picture_files
from margin_core.study.readers.picture_column import PICTURES, find_picture_column, name_pictures
from margin_core.study.readers.text_or_columns import choose_text_column
from margin_core.study.samples import (
    ColumnNames,
    ReadRequest,
    Samples,
    counted,
    encode_classes,
    listed,
    listed_columns,
    quoted,
    worded,
)
from margin_core.study.typed_column import FEATURE_KINDS, ColumnKind, TypedColumn
from margin_core.values import UNLABELED, Ints
from margin_core.values.reference import fitted_space
from margin_core.values.written_table import WrittenTable

VERSION = 6
"""Raised whenever the same file is read differently."""

_STAY_COLUMNS = (ColumnKind.CATEGORY, ColumnKind.DATE)
"""Kinds that are shown as they are written, besides being features."""

_WHY = {
    ColumnKind.ID: ("it names or numbers the rows", "they name or number the rows"),
    ColumnKind.TEXT: ("a text beside other columns", "texts beside other columns"),
    ColumnKind.OTHER: ("its values hardly repeat", "their values hardly repeat"),
}
"""Of one column, and of several."""
_HOW_KEPT = {
    ColumnKind.ID: "",
    ColumnKind.TEXT: "",
    ColumnKind.OTHER: f" To keep the {MAX_CATEGORIES} most frequent values of {{}} as categories, "
    "choose --feature {}.",
}

_IN_ONE_WAY = {"numbers": "1234.5", "dates": "2021-01-31"}
"""How values are written that every reader understands."""

_MAX_SHARE_OF_CLASSES = 0.2
"""Of the rows, so many different values at most are classes in a column that only its name makes a label."""


def read_manifest(request: ReadRequest) -> Samples:
    """Read a manifest.

    The column of pictures is the one that is named, else the first that holds pictures as they were saved (Parquet
    of the library Datasets), else the first text column that holds names of pictures, or ids of pictures that are
    there (see `find_picture_column`); paths start from the folder of the manifest, and what is not there is looked for
    below it (see `find_files`). Without one, a column called ``text`` or ``sentence`` is the
    inputs, and their words give the embedding; else all columns of numbers without another role are the inputs, and
    standardized they are the embedding. Other columns become columns of the study. A column whose kind the user chose
    has no role that its name alone would give it.

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
    return read_rows(request, read_table(request.path, _as_text(request.columns), request.columns.sheet))


def read_rows(request: ReadRequest, whole: ColumnTable) -> Samples:
    """Read samples from the rows of a table, as those of a manifest.

    Parameters
    ----------
    request : ReadRequest
        How to read them; its path is named in messages.
    whole : ColumnTable
        As it was read from a file, or several.

    Returns
    -------
    Samples
        Without a model.

    Raises
    ------
    SourceError, AccessError
        As for `read_manifest`.
    """
    columns = request.columns
    if columns.label is None and request.apart is None and not request.has_edges and looks_like_edges(whole):
        raise SourceError(
            f"'{request.path}' is a list of edges. Name the table of its nodes, with --nodes nodes.csv; or, if it has "
            "samples, the column that holds their labels, with --label."
        )
    reviewed, of_review = without_review(whole, [*columns.roles.values(), *dict(columns.kinds)])
    table, kinds, chosen = choose_kinds(reviewed, columns)
    label = table.column(columns.label, LABELS, "label", kinds)
    if not columns.classes:  # who names classes says that none are found here
        label = label or _only_named_classes(table, kinds) or _likely_label(table, kinds)
    if label is None and request.apart is None and not columns.classes:
        _check_label_is_free(request, table, columns.kinds)
        raise SourceError(
            f"'{request.path}' has no label column ({', '.join(LABELS)}). "
            f"{table.listing} Name one of these with --label; or, where no sample has a label yet, name the classes "
            "with --classes cat,dog."
        )
    parts = {
        "split": table.column(columns.split, SPLITS, "split", kinds),
        "weight": table.column(columns.weight, WEIGHTS, "weight", kinds),
        "group": table.column(columns.group, GROUPS, "group", kinds),
    }
    labels, names, label_notes = (None, None, ()) if label is None else _labels(table, label)  # those of --labels
    ids, id_column, notes = _ids(table, columns.id, [name for name in kinds if kinds[name] is not ColumnKind.ID])
    twins = [] if label is None or columns.label is not None else _other_labels(table, label)
    notes = (*table.notes, *of_review, *label_notes, *twins, *chosen, *notes)
    text = next((name for name, kind in kinds.items() if kind is ColumnKind.TEXT), None)
    embedded = columns.file if columns.file in table.pictures else None
    if columns.file is None and text is None:
        embedded = next(iter(table.pictures), None)
    unused = [f"{quoted(name)}: {kind}" for name, kind in table.left_out.items() if name != embedded]
    if unused:
        columns_left = counted(len(unused), "column")
        notes = (*notes, loss(f"{columns_left} left out, not plain text or numbers ({listed(unused)})."))
    taken = {label, id_column, *parts.values()}
    free = [name for name in table.columns if name not in taken]
    common = Samples(
        name=request.path.stem,
        ids=ids,
        labels=labels,
        class_names=names,
        columns={part: _any_column(table, name) for part, name in parts.items() if name is not None},
        notes=notes,
    )
    unchosen = [name for name in free if name not in kinds] if text is None else []
    if embedded is not None:
        check_no_features(table, kinds, "pictures", embedded)
        files, picture_notes = read_embedded_pictures(request, table, embedded)
        return _with_pictures(_also(common, *picture_notes), files, list(files.paths), table, free)
    file = table.column(columns.file, (), "file") or find_picture_column(request, table, unchosen)
    typed: list[TypedColumn] = []
    if file is None:
        typed = type_columns(table, free, kinds)
        others = {column.kind for column in typed} & {*FEATURE_KINDS, ColumnKind.TEXT}
        if id_column is not None and not others and name_pictures(request, table, id_column):
            file = id_column
    if file is not None:
        check_no_features(table, kinds, "pictures", file)
        texts = [value.strip() for value in table.texts(file)]
        files, picture_notes = list_picture_files(request, texts, file)
        return _with_pictures(
            _also(common, *picture_notes), files, texts, table, [name for name in free if name != file]
        )
    if text is None:
        known = np.full(len(table), UNLABELED) if labels is None else labels
        text, text_notes = _text_column(request, table, typed, kinds, known)
        common = _also(common, *text_notes)
    if text is None and of_review and not any(column.kind in FEATURE_KINDS for column in typed):
        raise SourceError(
            f"'{request.path}' holds labels that MARGIN exported, and no samples. Open the source of these samples, "
            f"with --labels '{request.path}'."
        )
    if text is not None:
        check_no_features(table, kinds, "texts", text)
        common = _also(common, *_notes_beside_texts(typed, text, kinds))
        return _with_texts(common, request, table, text, [name for name in free if name != text])
    return _with_columns(common, request, table, typed, label, {label, id_column})


def _as_text(columns: ColumnNames) -> set[str]:
    """Return the columns, in lower case, that are texts whatever they look like: a label or an id ``007`` stays one."""
    named = {name.lower() for name in (*columns.roles.values(), *dict(columns.kinds))}
    return named | {*LABELS, *LIKELY_LABELS, *IDS, *TEXTS, *SPLITS, *GROUPS, *PICTURES}


def _labels(table: ColumnTable, label: str) -> tuple[np.ndarray, tuple[str, ...], tuple[Note, ...]]:
    """Return class numbers, class names, and notes of where they stood."""
    if label not in table.class_names:
        labels, names, notes = number_classes(table.path, table.texts(label))
        return labels, names, (read(f"Label: column '{label}'."), *notes)
    # All of them, in the order of the file, which is that of a model's outputs.
    names = table.class_names[label]
    return encode_classes(table.texts(label), names), names, (read(f"Label: column '{label}', names from the file."),)


def _other_labels(table: ColumnTable, label: str) -> list[Note]:
    """Return a note of the columns that are called as the label is, but for case and blanks."""
    called = label.strip().lower()
    others = [repr(name) for name in table.columns if name != label and name.strip().lower() == called]
    if not others:
        return []
    return [assumption(f"The label is the column '{label}' and not {listed(others)}; choose another with --label.")]


def _check_label_is_free(request: ReadRequest, table: ColumnTable, kinds: Sequence[tuple[str, str]]) -> None:
    """Refuse a choice that takes the label away."""
    taken = next((pair for pair in kinds if pair[0].strip().lower() in (*LABELS, *LIKELY_LABELS)), None)
    if taken is not None:
        others = listed_columns([name for name in table.columns if name not in dict(kinds)], len(table.columns))
        raise SourceError(
            f"'{request.path}': the column '{taken[0]}' holds the labels, so --feature {quoted(':'.join(taken))} "
            f"leaves none. Leave that out, or name another column with --label: {others}."
        )


def _only_named_classes(table: ColumnTable, kinds: Collection[str]) -> str | None:
    """Return the column of classes whose names the file states, where there is one."""
    named = [name for name in table.class_names if name not in kinds]
    return named[0] if len(named) == 1 else None


def _likely_label(table: ColumnTable, kinds: Collection[str]) -> str | None:
    """Return the one column that is usually called so and holds classes: values of which each occurs often."""
    likely = [name for name in table.columns if name.strip().lower() in LIKELY_LABELS and name not in kinds]
    if len(likely) != 1:
        return None
    distinct = len(set(table.texts(likely[0])) - {""})
    return likely[0] if 2 <= distinct <= _MAX_SHARE_OF_CLASSES * len(table) else None


def _text_column(
    request: ReadRequest, table: ColumnTable, typed: Sequence[TypedColumn], chosen: Collection[str], labels: Ints
) -> tuple[str | None, tuple[Note, ...]]:
    """Return the column that holds the samples, where they are texts: of its name, or of sentences; and why."""
    named = table.column(None, TEXTS, "text", chosen)
    if named in {column.name for column in typed} and pa.types.is_string(table.columns[named].type):
        return named, ()
    return choose_text_column(table, typed, labels, request.run, _key(request, table))


def _with_pictures(
    common: Samples, files: EncodedPictures, listed_as: list[str], table: ColumnTable, others: list[str]
) -> Samples:
    """Return samples that are pictures; what the list calls them names them, wherever their files were found."""
    columns = {name: _any_column(table, name) for name in others} | dict(common.columns)
    ids, paths = common.ids, list(files.paths)
    if ids is None and len(set(listed_as)) == len(files):
        ids = np.array(listed_as)
    if common.ids is not None or (ids is not None and ids.tolist() != paths):
        columns["file"] = np.array(paths)
    if others:
        common = _also(common, read(f"Columns shown beside the pictures, no features: {listed_columns(others, 12)}."))
    return replace(common, ids=ids, inputs=files, columns=columns)


def _also(samples: Samples, *notes: Note) -> Samples:
    return replace(samples, notes=(*samples.notes, *notes))


def _with_texts(common: Samples, request: ReadRequest, table: ColumnTable, text: str, others: list[str]) -> Samples:
    columns = {name: _any_column(table, name) for name in others} | dict(common.columns)
    samples = replace(common, inputs=TextList(tuple(table.texts(text))), columns=columns, key=_key(request, table))
    return with_word_features(samples, request)


def _with_columns(
    common: Samples,
    request: ReadRequest,
    table: ColumnTable,
    typed: Sequence[TypedColumn],
    label: str | None,
    hidden: Collection[str | None],
) -> Samples:
    """Return samples that are rows; the columns that are `hidden` stand elsewhere beside a row already."""
    used = [column for column in typed if column.kind in FEATURE_KINDS]
    if not used and request.has_edges:  # which say where the samples lie
        columns = {column.name: _any_column(table, column.name) for column in typed} | dict(common.columns)
        common = _also(common, *_notes_of_columns(typed, (), dict(request.columns.kinds), ()))
        return replace(common, columns=columns, key=_key(request, table))
    if not used:
        besides = "" if label is None else f" besides the label '{label}'"
        raise SourceError(
            f"'{request.path}' has neither a column with the paths of pictures nor one of texts nor one of numbers, "
            f"categories or dates{besides}. {table.listing} Add one, or name the paths with --file."
        )
    shown = {name: column for name, column in table.columns.items() if name not in hidden}
    found = compute_row_features(str(request.path), used)
    inputs = found.table(WrittenTable(shown, frozenset(column.name for column in used)))
    others = {column.name: _any_column(table, column.name) for column in typed if column not in used}
    others |= {column.name: np.array(table.texts(column.name)) for column in used if column.kind in _STAY_COLUMNS}
    for name in {"split", "weight", "group"} & dict(request.columns.kinds).keys():
        others.pop(name, None)  # By this name it would have the role that the user took from it.
    copies = () if common.labels is None else notes_of_label_copies(used, common.labels)
    names, chosen = {column.name for column in found.compared}, dict(request.columns.kinds)
    column_notes = _notes_of_columns(typed, names, chosen, found.encoded.date_parts)
    key = _key(request, table)
    return replace(
        common,
        inputs=inputs,
        embedding=found.embedding,
        columns=others | dict(common.columns),
        features=found.description,
        space=fitted_space(key),
        notes=(*copies, *common.notes, *found.notes, *column_notes),
        key=key,
    )


def _notes_of_columns(
    typed: Sequence[TypedColumn], compared: Collection[str], chosen: Collection[str], date_parts: Sequence[str]
) -> Iterator[Note]:
    """Yield which columns are features and of which kind, and which are left out and why, but by the user's choice."""
    constant = [column.name for column in typed if column.is_constant and column.name not in chosen]
    unread = {column.name: column for column in typed if column.unread and column.name not in chosen}
    for name, column in unread.items():
        way, as_id = _IN_ONE_WAY[column.unread], quoted(f"{name}:{ColumnKind.ID}")
        yield loss(
            f"Column '{name}' is not used as a feature: its values look like {column.unread} and cannot be read as "
            f"such ('{column.example}'). Write all in one way, such as {way}, or choose --feature {as_id} if they only "
            "name the rows."
        )
    for kind in ColumnKind:
        names = [column.name for column in typed if column.kind is kind]
        if kind in FEATURE_KINDS:
            if used := [name for name in names if name in compared]:
                parts = "".join(f", {part}" for part in date_parts) if kind is ColumnKind.DATE else ""
                yield read(f"Columns read as {kind}: {listed_columns(used, 12)}{f' (as day{parts})' if parts else ''}.")
        elif left := [name for name in names if name not in {*chosen, *constant, *unread}]:
            say = assumption if kind is ColumnKind.ID else loss
            distinct = {column.name: column.distinct for column in typed if column.kind is ColumnKind.OTHER}
            shown = [
                f"{quoted(name)}{f': {distinct[name]:,} different' if distinct.get(name) else ''}" for name in left
            ]
            one = worded(len(left), "it", "one")
            kept = _HOW_KEPT[kind].format(one, quoted(f"{left[0]}:{ColumnKind.CATEGORY}"))
            why = worded(len(left), *_WHY[kind])
            yield say(f"{counted(len(left), 'column')} {_no_features(left)}: {why} ({listed(shown)}).{kept}")
    if constant:
        yield assumption(
            f"{counted(len(constant), 'column')} left out, whose values never differ ({listed_columns(constant)})."
        )
    for column in typed:
        yield from notes_of_values(column)


def _notes_beside_texts(typed: Sequence[TypedColumn], text: str, chosen: Collection[str]) -> Iterator[Note]:
    """Yield which columns say something besides the texts that are the samples, and are not used."""
    left = [column.name for column in typed if not (column.kind is ColumnKind.ID or column.is_constant)]
    left = [name for name in left if name != text and name not in chosen]
    if not left:
        return
    beside, unused = f"{counted(len(left), 'column')} beside", f"{_no_features(left)} ({listed_columns(left)})"
    ignore = f"to leave {worded(len(left), 'it', 'one')} out, choose --feature {quoted(f'{left[0]}:ignore')}"
    if text in chosen:
        yield loss(f"{beside} the texts of '{text}' {unused}; {ignore}.")
    else:
        yield loss(
            f"The samples are the texts of column '{text}', and {beside} them {unused}; {ignore}. If the samples are "
            f"rows, choose --feature {quoted(f'{text}:ignore')}."
        )


def _no_features(left: Sequence[str]) -> str:
    return worded(len(left), "is not used as a feature", "are not used as features")


def _key(request: ReadRequest, table: ColumnTable) -> str:
    listing = FileListing.of(table.folder, list(table.files))
    return fingerprint("manifest", VERSION, compute_digests(listing, request.memory, request.run), request.columns)


def _ids(
    table: ColumnTable, given: str | None, beside: Collection[str]
) -> tuple[np.ndarray | None, str | None, tuple[Note, ...]]:
    """Return the ids, the column they come from, and notes about them."""
    column = table.column(given, IDS, "id", beside)
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
