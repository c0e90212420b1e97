"""A table of decisions made elsewhere, read row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from margin_core.errors import ReviewError
from margin_core.review.decision import Decision, Verdict, label_name, study_key
from margin_core.review.export.tables import as_texts, read_table
from margin_core.storage.fingerprint import fingerprint
from margin_core.study.samples import listed
from margin_core.values import Study

if TYPE_CHECKING:
    import pandas as pd

_Row = dict[Hashable, Any]
"""A row of a table by the names of its columns, all of it text."""

_VERDICTS = {verdict.value: verdict for verdict in Verdict if verdict is not Verdict.UNDO}

_FLAGS = {"": False, "false": False, "0": False, "no": False, "true": True, "1": True, "yes": True}
"""How tables write whether something is so, in lower case."""

_COLUMNS = frozenset({
    "id", "verdict", "label", "reviewer", "note", "decided_at", "sampled", "sample_id", "new_label", "undoes",
})  # fmt: skip
"""Those that decisions are read from."""

_LOG_COLUMNS = {"sample_id", "new_label", "undoes"}
"""Columns that tell an export of the log, in which ``id`` numbers the decisions, from a table of samples."""


@dataclass(frozen=True)
class TableRow:
    """One decision of a table.

    Parameters
    ----------
    decision : Decision
        Not recorded yet. Its client is a hash of what the row says, its seq counts the rows of the table that say the
        same: wherever the row comes again, in a table that has grown or is in another order, it has the same two.
    dated : bool
        Whether the row says when it was decided; if not, `decision` has the time of reading.
    former : (str, int)
        Client and seq under which earlier versions recorded the row: a hash of the whole table, and its number in it.
    """

    decision: Decision
    dated: bool
    former: tuple[str, int]


def read_decision_table(
    source: str | Path | pd.DataFrame, study: Study, *, reviewer: str = "", task: str = "import"
) -> list[TableRow]:
    """Read the decisions of a table; see `import_decisions` for its columns.

    Parameters
    ----------
    source, study, reviewer, task
        As in `import_decisions`.

    Returns
    -------
    list of TableRow
        In the order of the table; in that of their times where the table says which samples were random checks, has
        each sample once and dates every decision. Of an exported log, the first decision on a sample that is not undone
        stands where the sample was first decided on.

    Raises
    ------
    ReviewError
        Names the first row that cannot be used; or there is no such table.
    """
    return read_rows_and_undone(source, study, reviewer=reviewer, task=task)[0]


def read_rows_and_undone(
    source: str | Path | pd.DataFrame, study: Study, *, reviewer: str = "", task: str = "import"
) -> tuple[list[TableRow], tuple[str, ...]]:
    """Read the decisions of a table, and the samples of which it says only that every decision was undone.

    Parameters
    ----------
    source, study, reviewer, task
        As for `read_decision_table`.

    Returns
    -------
    rows : list of TableRow
        As `read_decision_table` returns them.
    undone : tuple of str
        Ids of samples; empty but for an exported log.

    Raises
    ------
    ReviewError
        As for `read_decision_table`.
    """
    name, table = _read_source(source)
    check_names(name, table.columns)
    missing = sorted({"id", "verdict"} - set(table.columns))
    if missing and len(table.columns):  # JSON lines without a line have no columns, and decide nothing.
        raise ReviewError(
            f"{name} has no column '{missing[0]}'. Decisions need the columns id, verdict and, for relabel, label."
        )
    key = study_key(study)
    table_client = f"import-{fingerprint(key, *map(tuple, table.itertuples(index=False)))}"
    given = dict(zip(study.ids.tolist(), _given_names(study), strict=True))
    numbered = list(enumerate(table.to_dict("records"), start=1))
    is_log = set(table.columns) >= _LOG_COLUMNS
    undone: tuple[str, ...] = ()
    if is_log:
        numbered, undone = _not_undone(numbered)
    now = datetime.now(UTC)
    number_of_client: Counter[str] = Counter()
    rows = []
    for number, row in numbered:
        where = f"{name}, row {number}"
        if not row["verdict"].strip():
            continue
        sample_id = row["id"]
        if sample_id not in given:
            raise ReviewError(f"{where}: study '{study.name}' has no sample '{sample_id}'. Check the column id.")
        verdict = _verdict(where, row["verdict"])
        old = given[sample_id]
        at = read_time(where, row["decided_at"]) if row.get("decided_at") else None
        decision = Decision(
            study=key,
            study_fingerprint=study.fingerprint,
            task=task,
            sample_id=sample_id,
            verdict=verdict,
            old_label=old,
            new_label=_new_label(where, verdict, row.get("label", ""), old, study),
            reviewer=str(row.get("reviewer", "") or reviewer or ""),
            note=row.get("note", ""),
            decided_at=at or now,
            sampled=read_flag(f"{where}: sampled", row.get("sampled", "")),
            client="",
            seq=0,
        )
        client = _row_client(decision, dated=at is not None)
        number_of_client[client] += 1
        rows.append(
            TableRow(
                decision=replace(decision, client=client, seq=number_of_client[client]),
                dated=at is not None,
                former=(table_client, number),
            )
        )
    is_shuffled = not is_log and "sampled" in table.columns and all(row.dated for row in rows)
    if is_shuffled and len({row.decision.sample_id for row in rows}) == len(rows):
        # The bounds on what is left rest on the order in which samples were shown: a table of samples has another.
        rows.sort(key=lambda row: row.decision.decided_at)
    return rows, undone


def _read_source(source: str | Path | pd.DataFrame) -> tuple[str, pd.DataFrame]:
    """Return the name of a table for messages, and the table as text."""
    if isinstance(source, str | Path):
        return f"'{source}'", read_table(Path(source))
    table: Any = source
    if hasattr(table, "to_pandas"):  # a table of polars or PyArrow
        table = table.to_pandas()
    # Not isinstance: pandas is slow to import, and only tables need it.
    if not (hasattr(table, "iloc") and hasattr(table, "columns")):
        raise ReviewError(
            f"Decisions are imported from a file or a pandas.DataFrame, not from {type(source).__name__}. "
            "Give a path, or a table with the columns id, verdict and label."
        )
    return "The table of decisions", as_texts(table)


def check_names(name: str, columns: Iterable[Any]) -> None:
    """Check that no column that decisions are read from occurs twice.

    Parameters
    ----------
    name : str
        Of the table, for the message.
    columns : iterable
        Names.

    Raises
    ------
    ReviewError
        One does.
    """
    twice = [column for column, count in Counter(map(str, columns)).items() if count > 1 and column in _COLUMNS]
    if twice:
        raise ReviewError(f"{name} has the column '{twice[0]}' twice. Leave one of them out, or rename it.")


def read_flag(where: str, text: str) -> bool:
    """Return what a table says of whether something is so.

    Parameters
    ----------
    where : str
        Named in the message.
    text : str
        ``true``, ``1``, ``yes``; ``false``, ``0``, ``no`` or empty; in any case.

    Returns
    -------
    bool

    Raises
    ------
    ReviewError
        Another text.
    """
    flag = _FLAGS.get(text.strip().lower())
    if flag is None:
        raise ReviewError(f"{where} must be true or false; got '{text}'.")
    return flag


def read_time(where: str, text: str) -> datetime:
    """Return the time that a table writes.

    Parameters
    ----------
    where : str
        Named in the message.
    text : str
        ISO 8601; without a zone it is UTC.

    Returns
    -------
    datetime
        In UTC.

    Raises
    ------
    ReviewError
        It is no time.
    """
    try:
        time = datetime.fromisoformat(text)
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):  # OverflowError: the first or last day there is, in a zone that moves it out.
        raise ReviewError(
            f"{where}: '{text}' is no time. Write it like 2026-11-22T01:02:03Z, or leave it out."
        ) from None


def decided_second(decision: Decision) -> str:
    """Return when a decision was made, to the second: spreadsheets drop what is finer.

    Parameters
    ----------
    decision : Decision

    Returns
    -------
    str
        ISO 8601, in UTC.
    """
    return decision.decided_at.isoformat(timespec="seconds")


def _row_client(decision: Decision, *, dated: bool) -> str:
    content = (decision.sample_id, str(decision.verdict), decision.new_label, decision.reviewer, decision.note)
    return f"import-{fingerprint(decision.study, *content, decided_second(decision) if dated else '')}"


def _not_undone(numbered: Sequence[tuple[int, _Row]]) -> tuple[list[tuple[int, _Row]], tuple[str, ...]]:
    """Return the decisions of an export of the log that are not undone, as rows of samples, and samples without one.

    An undo names a decision by its number in that log, which it does not have in another one. The first decision on a
    sample that is left takes the place, and the ``sampled``, of the first that was made: as estimates read the log.
    """
    undone = {row["undoes"] for _, row in numbered}
    first: dict[str, tuple[int, str]] = {}
    kept: list[tuple[int, int, _Row]] = []
    seen: set[str] = set()
    for number, row in numbered:
        if row["verdict"] == Verdict.UNDO:
            continue
        sample_id = row["sample_id"]
        place, sampled = first.setdefault(sample_id, (number, row.get("sampled", "")))
        if row["id"] not in undone:
            own = row | {"id": sample_id, "label": row["new_label"]}
            kept.append((number, number, own) if sample_id in seen else (place, number, own | {"sampled": sampled}))
            seen.add(sample_id)
    rows = [(number, row) for _, number, row in sorted(kept, key=lambda item: item[0])]
    return rows, tuple(sample_id for sample_id in first if sample_id not in seen)


def _given_names(study: Study) -> list[str | None]:
    if study.maybe_labels is None:
        return [None] * len(study)
    return [label_name(study, number) for number in study.maybe_labels.tolist()]


def _verdict(where: str, text: str) -> Verdict:
    verdict = _VERDICTS.get(text.strip().lower())
    if verdict is None:
        raise ReviewError(f"{where}: '{text}' is no verdict. There are: {', '.join(_VERDICTS)}.")
    return verdict


def _new_label(where: str, verdict: Verdict, label: str, old: str | None, study: Study) -> str | None:
    if verdict is Verdict.KEEP:
        if label not in ("", old):
            raise ReviewError(
                f"{where}: it keeps the label '{old}' and names '{label}'. Write relabel, or leave the label out."
            )
        return old
    if verdict is not Verdict.RELABEL:
        return None
    if label not in study.class_names:
        some = listed(study.class_names, 10)
        raise ReviewError(f"{where}: '{label}' is no class of study '{study.name}'. There are: {some}.")
    return label
