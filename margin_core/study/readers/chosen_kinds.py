"""The kinds that the user chose for columns of a table (``--feature NAME:KIND``), instead of those of the values."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from margin_core.errors import SourceError
from margin_core.study.notes import Note, assumption, read
from margin_core.study.readers.column_kinds import DATE_MONTH_FIRST, MAX_CATEGORIES, MAX_MARKED, type_column
from margin_core.study.readers.column_table import ColumnTable
from margin_core.study.samples import ColumnNames, counted, listed, quoted
from margin_core.study.typed_column import ColumnKind, TypedColumn

IGNORE = "ignore"
"""Chosen for a column that is left out."""

_KINDS: dict[str, ColumnKind] = {
    word: kind
    for kind in ColumnKind
    if kind is not ColumnKind.OTHER
    for word in ((kind.value, DATE_MONTH_FIRST) if kind is ColumnKind.DATE else (kind.value,))
}

CHOICES = (*_KINDS, IGNORE)
"""What may be chosen for a column."""

_AS = ", ".join(CHOICES[:-1]) + f" or {IGNORE}"


def choose_kinds(table: ColumnTable, columns: ColumnNames) -> tuple[ColumnTable, dict[str, ColumnKind], list[Note]]:
    """Return a table without the columns that are ignored, the kinds that are chosen for others, and a note.

    Parameters
    ----------
    table : ColumnTable
    columns : ColumnNames
        As named by the user.

    Returns
    -------
    table : ColumnTable
    kinds : dict of str to ColumnKind
        By column.
    notes : list of Note
        What was chosen; empty where nothing was.

    Raises
    ------
    SourceError
        There is no such column or no such kind, the column has a role or another kind too, or two columns are the text
        of a sample.
    """
    path, chosen = table.path, dict(columns.kinds)
    for name, kind in chosen.items():
        if name not in table.left_out or kind != IGNORE:
            table.column(name, (), "feature")
        if kind not in CHOICES:
            raise SourceError(f"'{path}': a column is not of the kind '{kind}'. Choose for '{name}': {_AS}.")
        several = [each for column, each in columns.kinds if column == name]
        if len(several) > 1:
            raise SourceError(
                f"'{path}': the column '{name}' cannot be of several kinds: {', '.join(several)}. "
                "Leave all but one out."
            )
        for role in (role for role, column in columns.roles.items() if column == name):
            raise SourceError(
                f"'{path}': the column '{name}' is named by --{role} and --feature. Leave one of them out."
            )
    kinds = {name: _KINDS[kind] for name, kind in chosen.items() if kind != IGNORE}
    month_first = frozenset(name for name, kind in chosen.items() if kind == DATE_MONTH_FIRST)
    texts = [name for name, kind in kinds.items() if kind is ColumnKind.TEXT]
    if len(texts) > 1 or (texts and columns.file is not None):
        other = f"the text of '{texts[1]}'" if len(texts) > 1 else f"the pictures of '{columns.file}'"
        raise SourceError(
            f"'{path}': a sample cannot be both the text of '{texts[0]}' and {other}. Leave one of them out."
        )
    left = {name: column for name, column in table.columns.items() if chosen.get(name) != IGNORE}
    chosen_texts = [f"{quoted(name)} ({kind if kind != IGNORE else 'ignored'})" for name, kind in chosen.items()]
    nested = {name: kind for name, kind in table.left_out.items() if name not in chosen}
    pictures = tuple(name for name in table.pictures if name in nested)
    named = {name: names for name, names in table.class_names.items() if name in left}
    return (
        replace(table, columns=left, left_out=nested, pictures=pictures, class_names=named, month_first=month_first),
        kinds,
        [read(f"Columns read as chosen: {', '.join(chosen_texts)}.")] if chosen_texts else [],
    )


def type_as_chosen(table: ColumnTable, name: str, kind: ColumnKind | None) -> TypedColumn:
    """Return a column with its kind, the chosen one if there is one.

    Parameters
    ----------
    table : ColumnTable
    name : str
        Of the column.
    kind : ColumnKind or None
        Chosen by the user; None: by the values.

    Returns
    -------
    TypedColumn

    Raises
    ------
    SourceError
        More than `MAX_MARKED` of the values are not of the kind that is chosen, or there is no value.
    """
    column = type_column(table, name, kind)
    if kind is None:
        return column
    otherwise = f"Choose another kind with --feature: {_AS}."
    if column.kind is not kind:
        raise SourceError(f"'{table.path}': the column '{name}' has no value that could be a {kind}. {otherwise}")
    if kind is not ColumnKind.CATEGORY and column.misfits > MAX_MARKED * len(table):
        raise SourceError(
            f"'{table.path}': {column.misfits:,} of the {len(table):,} values of the column '{name}' are not of the "
            f"kind {_word(table, name, kind)}. {otherwise}"
        )
    return column


def _word(table: ColumnTable, name: str, kind: ColumnKind) -> str:
    """Return what the user chose for a column, in the user's word."""
    return DATE_MONTH_FIRST if name in table.month_first else str(kind)


def type_columns(table: ColumnTable, names: Sequence[str], kinds: Mapping[str, ColumnKind]) -> list[TypedColumn]:
    """Return columns with their kinds, the chosen ones where there are any.

    Parameters
    ----------
    table : ColumnTable
    names : sequence of str
        Of the columns.
    kinds : mapping of str to ColumnKind
        Chosen by the user.

    Returns
    -------
    list of TypedColumn
        In the order of the names.

    Raises
    ------
    SourceError
        As for `type_as_chosen`.
    """
    with ThreadPoolExecutor(os.cpu_count()) as threads:  # pyarrow releases Python's lock
        return list(threads.map(lambda name: type_as_chosen(table, name, kinds.get(name)), names))


def check_no_features(table: ColumnTable, kinds: Mapping[str, ColumnKind], samples: str, column: str) -> None:
    """Check that no kind of a feature is chosen where the samples are pictures or texts.

    Parameters
    ----------
    table : ColumnTable
    kinds : mapping of str to ColumnKind
        Chosen by the user.
    samples : str
        What the samples are, for the message.
    column : str
        Where they are.

    Raises
    ------
    SourceError
        One is chosen.
    """
    for name, kind in kinds.items():
        if name != column and kind is not ColumnKind.ID:
            chosen = f"--feature {name}:{_word(table, name, kind)}"
            raise SourceError(
                f"'{table.path}': the samples are the {samples} of the column '{column}' and no rows of features, so "
                f"{chosen} changes nothing. Leave it out, or choose --feature {column}:{IGNORE} to have the other "
                "columns as features."
            )


def notes_of_values(column: TypedColumn) -> Iterator[Note]:
    """Yield what was assumed of how values are written, and what became of those that do not fit their kind.

    Parameters
    ----------
    column : TypedColumn

    Yields
    ------
    Note
    """
    if column.remark:
        yield assumption(f"Column '{column.name}' is read as {column.kind}s, {column.remark}.")
    if column.kind is ColumnKind.CATEGORY and column.misfits:
        yield assumption(
            f"Column '{column.name}': {counted(column.misfits, 'value')} beside its {MAX_CATEGORIES} most frequent "
            "categories belong to none."
        )
    elif column.marks:
        marks = listed([repr(mark) for mark in column.marks])
        yield assumption(f"Column '{column.name}' is read as {column.kind}s, {marks} as missing.")
    elif column.misfits:
        yield assumption(
            f"Column '{column.name}': {counted(column.misfits, 'value')} not of the kind {column.kind} read as missing."
        )
