"""The import of decisions made elsewhere, from a table."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from margin_core.errors import ReviewError
from margin_core.review.decision import Decision, study_key
from margin_core.review.decision_table import read_decision_table, read_rows_and_undone
from margin_core.review.import_matching import match_rows
from margin_core.review.state import ReviewState
from margin_core.review.store import ReviewStore
from margin_core.values import Study

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Imported:
    """The outcome of importing a table of decisions.

    Parameters
    ----------
    recorded : int
        Rows that are new in the log.
    known : int
        Rows that were there before. Together with `recorded`, all rows that decide anything.
    superseded : tuple of str
        Ids of the samples on which the last row of the table was there before and does not hold: it was undone, or
        something else was decided after it.
    undone : tuple of str
        Ids of the samples of an exported log of which every decision was undone, and which this log does not have:
        nothing of them is recorded, so bounds on the errors that are left take them for not looked at.
    """

    recorded: int
    known: int
    superseded: tuple[str, ...]
    undone: tuple[str, ...] = field(default=(), compare=False)


def import_decisions(
    source: str | Path | pd.DataFrame, study: Study, *, reviewer: str = "", task: str = "import"
) -> list[Decision]:
    """Read decisions from a table.

    Columns: ``id``; ``verdict`` (keep, relabel, skip, exclude; empty: not decided, left out); ``label``, a class
    name, for relabel; optional ``reviewer``, ``note`` and ``decided_at`` (ISO 8601; without a zone it is UTC). Every
    table that `export` writes can be read back; of an export of the log, the decisions that are not undone.

    Parameters
    ----------
    source : str, Path or pandas.DataFrame
        A CSV, Parquet or JSON-lines file, or the table itself.
    study : Study
    reviewer : str
        Where the table does not say.
    task : str
        Recorded with every decision.

    Returns
    -------
    list of Decision
        For `ReviewStore.append`, which records each row once for the same study and reviewer, however often it comes
        and in whatever table. `record_import` also knows decisions that were not imported from a table like this one.

    Raises
    ------
    ReviewError
        Names the first row that cannot be used; then nothing of the table should be.
    """
    return [row.decision for row in read_decision_table(source, study, reviewer=reviewer, task=task)]


def record_import(
    source: str | Path | pd.DataFrame, study: Study, store: ReviewStore, *, reviewer: str = "", task: str = "import"
) -> Imported:
    """Record the decisions of a table that are not in the log yet.

    A row was there before if it repeats a decision in the log, made on a screen or imported from this or another
    table: on the same sample by the same reviewer with the same verdict, new label, note and second. A row that does
    not say when is not compared by time, and if it has no note either, not by note. Each decision answers for one row.

    A row that was there before changes nothing, even where that decision does not hold any more: what was undone stays
    undone, and what was decided otherwise since stays so. A row with another time is another decision.

    Parameters
    ----------
    source, study
        As in `import_decisions`.
    store : ReviewStore
        With the log that they are recorded in.
    reviewer, task : str
        As in `import_decisions`.

    Returns
    -------
    Imported

    Raises
    ------
    ReviewError
        Nothing was recorded: a row cannot be used (the first is named), or the log cannot be read or written.

    Notes
    -----
    All new rows are recorded in one transaction: after a crash either all of them are there or none, and importing the
    table again makes it whole.
    """
    if not isinstance(study, Study) or not isinstance(store, ReviewStore):
        odd = f"a {type(store if isinstance(study, Study) else study).__name__}"
        raise ReviewError(
            f"record_import takes a study and a store; got {odd}. Write record_import(table, study, ReviewStore(path))."
        )
    rows, undone = read_rows_and_undone(source, study, reviewer=reviewer, task=task)
    key = study_key(study)
    log = store.decisions(key)
    known = match_rows(rows, log)
    appended = store.append([row.decision for place, row in enumerate(rows) if place not in known])
    state = ReviewState(store.decisions(key) if appended.recorded else log)
    shown = {decision.sample_id for decision in log}
    last_rows = {row.decision.sample_id: row.decision for row in rows}
    return Imported(
        recorded=len(appended.recorded),
        known=len(known) + len(appended.already),
        superseded=tuple(
            sample_id for sample_id, last in last_rows.items() if not _repeats(state.current(sample_id), last)
        ),
        undone=tuple(sample_id for sample_id in undone if sample_id not in shown),
    )


def _repeats(current: Decision | None, last: Decision) -> bool:
    return current is not None and (current.verdict, current.new_label) == (last.verdict, last.new_label)
