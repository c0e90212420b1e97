"""Which rows of an imported table a log holds already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from margin_core.review.decision import Decision
from margin_core.review.decision_table import TableRow, decided_second


def match_rows(rows: Sequence[TableRow], log: Sequence[Decision]) -> dict[int, Decision]:
    """Find the decision in a log that each row of a table repeats.

    A row repeats a decision, wherever that was made, on the same sample by the same reviewer with the same verdict, new
    label, note and second. A row that does not say when is not compared by time, and if it has no note either, not by
    note. The narrowest ground comes first, and is tried on all rows before the next, so that no row takes a decision
    that another one needs more:

    1. the row was imported before;
    2. it was imported by an earlier version, which knew tables only as a whole;
    3. it says when;
    4. it does not;
    5. nor does it have a note.

    Whether the decision still holds does not matter. A table that is imported again is thus found whole, whatever was
    undone or decided in between.

    Parameters
    ----------
    rows : sequence of TableRow
        Of `read_decision_table`.
    log : sequence of Decision
        Of the study, in order.

    Returns
    -------
    dict of int to Decision
        By place in `rows`, from 0; each decision answers at most one row. Rows that are absent are new.
    """
    index = _LogIndex(log)
    found: dict[int, Decision] = {}
    taken: set[int | None] = set()
    for candidates in (index.same_row, index.same_table, index.same_second, index.same_note, index.any_note):
        for place, row in enumerate(rows):
            if place in found:
                continue
            decision = next((decision for decision in candidates(row) if decision.id not in taken), None)
            if decision is not None:
                found[place] = decision
                taken.add(decision.id)
    return found


class _LogIndex:
    """A log, to be asked for the decisions that a row may repeat."""

    def __init__(self, log: Sequence[Decision]) -> None:
        self._sent = {(decision.client, decision.seq): decision for decision in log}
        self._alike: dict[tuple[str, str, str | None, str], list[Decision]] = defaultdict(list)
        for decision in log:
            self._alike[_key(decision)].append(decision)

    def same_row(self, row: TableRow) -> Iterator[Decision]:
        yield from self._recorded_as(row.decision.client, row.decision.seq)

    def same_table(self, row: TableRow) -> Iterator[Decision]:
        yield from self._recorded_as(*row.former)

    def same_second(self, row: TableRow) -> Iterator[Decision]:
        if row.dated:
            wanted = (row.decision.note, decided_second(row.decision))
            for decision in self._alike.get(_key(row.decision), ()):
                if (decision.note, decided_second(decision)) == wanted:
                    yield decision

    def same_note(self, row: TableRow) -> Iterator[Decision]:
        if not row.dated:
            for decision in self._alike.get(_key(row.decision), ()):
                if decision.note == row.decision.note:
                    yield decision

    def any_note(self, row: TableRow) -> Iterator[Decision]:
        if not row.dated and not row.decision.note:
            yield from self._alike.get(_key(row.decision), ())

    def _recorded_as(self, client: str, seq: int) -> Iterator[Decision]:
        if (client, seq) in self._sent:
            yield self._sent[client, seq]


def _key(decision: Decision) -> tuple[str, str, str | None, str]:
    return (decision.sample_id, str(decision.verdict), decision.new_label, decision.reviewer)
