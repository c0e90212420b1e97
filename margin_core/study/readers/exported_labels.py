"""What MARGIN exports of labels (`margin_core.review.corrected_labels`), read again: its columns of the review."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from margin_core.study.notes import Note, read
from margin_core.study.readers.column_table import ColumnTable
from margin_core.study.samples import listed_columns

_HEADER = frozenset({"id", "given_label", "label", "changed", "verdict", "excluded"})
"""Columns by which an export is recognized."""

_OF_REVIEW = ("given_label", "changed", "verdict", "excluded", "reviewer", "note", "decided_at", "sampled")
"""Columns that say what became of a label: as features they would give it away."""


def is_exported(table: ColumnTable) -> bool:
    """Return whether a table is an export of labels, perhaps with columns that were added to it.

    Parameters
    ----------
    table : ColumnTable

    Returns
    -------
    bool
    """
    return table.columns.keys() >= _HEADER


def without_review(table: ColumnTable, named: Collection[str]) -> tuple[ColumnTable, tuple[Note, ...]]:
    """Return an export of labels without what was said in the review; another table as it is.

    Parameters
    ----------
    table : ColumnTable
    named : collection of str
        Columns that the user names, which stay.

    Returns
    -------
    table : ColumnTable
        Its ``label`` is the corrected label.
    notes : tuple of Note
        What is left out.
    """
    left = [name for name in _OF_REVIEW if name in table.columns and name not in named] if is_exported(table) else []
    if not left:
        return table, ()
    columns = {name: column for name, column in table.columns.items() if name not in left}
    note = read(f"Labels exported by MARGIN, after review; no features: {listed_columns(left, len(left))}.")
    return replace(table, columns=columns), (note,)
