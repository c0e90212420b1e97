"""The review log in a database: append and read, nothing else."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import Boolean, Column, Connection, Double, MetaData, RowMapping, Table, Text, bindparam, select
from sqlalchemy.types import TypeEngine

from margin_core.errors import ReviewError
from margin_core.review.database import open_database
from margin_core.review.decision import Decision, Verdict
from margin_core.review.migrations import BIG, migrate

if TYPE_CHECKING:
    import pandas as pd

_MAX_PAIRS = 250
"""Pairs of (client, seq) looked up at once; every database takes two parameters for each."""

_TYPES: dict[str, TypeEngine[Any]] = {
    "id": BIG,
    "seq": BIG,
    "undoes": BIG,
    "based_on": BIG,
    "score": Double(),
    "sampled": Boolean(),
}
_FIELDS = tuple(field.name for field in dataclasses.fields(Decision))
DECISIONS = Table(
    "margin_decisions",
    MetaData(),
    *(Column(name, _TYPES.get(name, Text()), primary_key=name == "id") for name in _FIELDS),
)


_INSERT = DECISIONS.insert()
_READ = select(DECISIONS).where(DECISIONS.c.id > bindparam("after")).order_by(DECISIONS.c.id)
_READ_STUDY = _READ.where(DECISIONS.c.study == bindparam("study"))
_FIND = select(DECISIONS.c.client, DECISIONS.c.seq).where(
    DECISIONS.c.client.in_(bindparam("clients", expanding=True)), DECISIONS.c.seq.in_(bindparam("seqs", expanding=True))
)
# Written once: building a statement costs more than running it.


@dataclass(frozen=True)
class Appended:
    """The result of recording a batch.

    Parameters
    ----------
    recorded : tuple of (client, seq)
        New in the log, in the order given.
    already : tuple of (client, seq)
        There since an earlier sending; the log keeps what was sent then.
    """

    recorded: tuple[tuple[str, int], ...]
    already: tuple[tuple[str, int], ...]


class ReviewStore:
    """An append-only log of decisions, in SQLite (one file) or PostgreSQL (for a team).

    Several threads and processes may use the same database. `append` returns when the decisions are on the
    disk: a killed process or a power cut loses none of them.

    Parameters
    ----------
    where : Path or str
        A file, or a URL: ``sqlite:///FILE`` or ``postgresql+psycopg://USER@HOST/NAME``. Made if absent.
    wait : float
        Seconds to wait for another writer before giving up.

    Raises
    ------
    ReviewError
        The database cannot be opened, or was written by a newer version.
    """

    def __init__(self, where: str | Path, *, wait: float = 5.0) -> None:
        self.database = open_database(where, wait)
        try:
            migrate(self.database)
        except BaseException:
            self.close()
            raise

    @property
    def name(self) -> str:
        """The file or address, fit to be shown (no password)."""
        return self.database.name

    def append(self, decisions: Sequence[Decision]) -> Appended:
        """Record a batch, whole or not at all.

        Each (client, seq) is recorded once: sending it again changes nothing and is answered as recorded.

        Parameters
        ----------
        decisions : sequence of Decision

        Returns
        -------
        Appended

        Raises
        ------
        ReviewError
            Nothing was recorded: the database is locked, read-only or damaged, the disk is full, or a text
            cannot be stored.

        Notes
        -----
        About 1 ms and one wait for the disk (a few ms), however long the batch.
        """
        if not decisions:
            return Appended((), ())
        batch: dict[tuple[str, int], Decision] = {}
        for decision in decisions:
            batch.setdefault((decision.client, decision.seq), decision)
        try:
            with self.database.writing() as connection:
                already = _recorded(connection, batch)
                new = [_to_row(decision) for key, decision in batch.items() if key not in already]
                if new:
                    connection.execute(_INSERT, new)
        except UnicodeEncodeError as error:
            raise ReviewError(
                f"Cannot record a decision: {error.object!a} is not valid text. Rename that file or class."
            ) from None
        return Appended(
            recorded=tuple(key for key in batch if key not in already),
            already=tuple(key for key in batch if key in already),
        )

    def decisions(self, study: str | None = None, *, after: int = 0) -> list[Decision]:
        """Read the log in the order in which it was written.

        Parameters
        ----------
        study : str, optional
            Only decisions under this `study_key`.
        after : int
            Only decisions with a larger id.

        Returns
        -------
        list of Decision
        """
        wanted, values = (_READ, {"after": after}) if study is None else (_READ_STUDY, {"after": after, "study": study})
        with self.database.reading() as connection:
            return [_from_row(row) for row in connection.execute(wanted, values).mappings()]

    def log_frame(self, study: str | None = None) -> pd.DataFrame:
        """Return the log as a table, one row a decision, undone ones and undos included.

        Parameters
        ----------
        study : str, optional
            Only decisions under this `study_key`.

        Returns
        -------
        DataFrame
        """
        return log_frame(self.decisions(study))

    def close(self) -> None:
        """Close the connections to the database."""
        self.database.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def log_frame(decisions: Iterable[Decision]) -> pd.DataFrame:
    """Return decisions as a table, one row each.

    Parameters
    ----------
    decisions : iterable of Decision

    Returns
    -------
    DataFrame
        Numbers that may be absent keep their integer type.
    """
    import pandas as pd  # slow to import, and only tables need it

    frame = pd.DataFrame([_values(decision) for decision in decisions], columns=["id", *_FIELDS[:-1]])
    whole = dict.fromkeys(("id", "seq", "undoes", "based_on"), "Int64")
    plain = {"score": "float64", "sampled": "bool"}
    texts = {name: "str" for name in _FIELDS if name not in {*whole, *plain, "decided_at"}}
    frame["decided_at"] = pd.to_datetime(frame["decided_at"], utc=True).astype("datetime64[us, UTC]")
    return frame.astype(whole | plain | texts)


def _values(decision: Decision) -> dict[str, Any]:
    # Not dataclasses.asdict(), which copies every value deeply and takes ten times as long.
    return {name: getattr(decision, name) for name in _FIELDS}


def _to_row(decision: Decision) -> dict[str, Any]:
    row = _values(decision)
    del row["id"]
    # Time as text: sorts, reads and keeps its zone alike in every database.
    row["verdict"] = str(decision.verdict)
    row["decided_at"] = decision.decided_at.isoformat(timespec="microseconds")
    return row


def _from_row(row: RowMapping) -> Decision:
    values = dict(row)
    values["verdict"] = Verdict(values["verdict"])
    values["decided_at"] = datetime.fromisoformat(values["decided_at"])
    return Decision(**values)


def _recorded(connection: Connection, sent: Iterable[tuple[str, int]]) -> set[tuple[str, int]]:
    pairs = list(sent)
    found: set[tuple[str, int]] = set()
    for start in range(0, len(pairs), _MAX_PAIRS):
        some = set(pairs[start : start + _MAX_PAIRS])
        wanted = {"clients": sorted({client for client, _ in some}), "seqs": sorted({seq for _, seq in some})}
        # The statement finds every client with every number; of these, only the pairs that were sent.
        found |= some & {(client, seq) for client, seq in connection.execute(_FIND, wanted)}
    return found
