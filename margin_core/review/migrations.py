"""The schema of the review database, migration by migration.

A migration is run once, in order, in one transaction with the record of having run: a process killed in
between leaves the database as it was. Never change a migration that was released; add one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Double,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    inspect,
    select,
)

from margin_core.errors import ReviewError
from margin_core.review.database import Database, refuse_changes

BIG = BigInteger().with_variant(Integer, "sqlite")
"""A 64-bit whole number; SQLite numbers rows by itself only under the name INTEGER."""

_RECORD = Table("margin_migrations", MetaData(), Column("name", Text, primary_key=True), Column("at", Text))


@dataclass(frozen=True)
class Migration:
    """One migration.

    Parameters
    ----------
    name : str
        Never used again.
    apply : callable (connection)
    """

    name: str
    apply: Callable[[Connection], None]


def _decisions(connection: Connection) -> None:
    def text(name: str, nullable: bool = False) -> Column[str]:
        return Column(name, Text, nullable=nullable)

    table = Table(
        "margin_decisions",
        MetaData(),
        Column("id", BIG, primary_key=True),
        text("study"),
        text("study_fingerprint"),
        text("task"),
        text("sample_id"),
        text("verdict"),
        text("old_label", nullable=True),
        text("new_label", nullable=True),
        text("reviewer"),
        text("decided_at"),
        text("client"),
        Column("seq", BigInteger, nullable=False),
        text("note"),
        text("explanation"),
        Column("score", Double),
        Column("undoes", BigInteger),
        Column("based_on", BigInteger),
        Column("sampled", Boolean, nullable=False),
        UniqueConstraint("client", "seq", name="margin_decisions_sent_once"),
        Index("margin_decisions_by_study", "study", "id"),
    )
    table.create(connection)
    refuse_changes(connection, table.name)


MIGRATIONS = (Migration("0001 decisions", _decisions),)


def applied(connection: Connection) -> set[str]:
    """Return the migrations that have run.

    Parameters
    ----------
    connection : Connection

    Returns
    -------
    set of str
        Their names.
    """
    if not inspect(connection).has_table(_RECORD.name):
        return set()
    return set(connection.execute(select(_RECORD.c.name)).scalars())


def migrate(database: Database, migrations: tuple[Migration, ...] = MIGRATIONS) -> None:
    """Run the migrations that a database lacks; one that is up to date is only read.

    Parameters
    ----------
    database : Database
    migrations : tuple of Migration
        In order.

    Raises
    ------
    ReviewError
        The database was written by a newer version, or cannot be read or written.
    """
    with database.reading() as connection:
        done = applied(connection)
    unknown = sorted(done - {migration.name for migration in migrations})
    if unknown:
        raise ReviewError(
            f"The decisions in '{database.name}' were written by a newer version of MARGIN (it knows '{unknown[-1]}', "
            "this one does not). Upgrade MARGIN, or name another database."
        )
    if all(migration.name in done for migration in migrations):
        return
    database.keep_readers_apart()
    for migration in migrations:
        with database.writing() as connection:
            _RECORD.create(connection, checkfirst=True)
            # Another process may have run it while this one waited for its turn.
            if migration.name not in applied(connection):
                migration.apply(connection)
                connection.execute(_RECORD.insert().values(name=migration.name, at=datetime.now(UTC).isoformat()))
