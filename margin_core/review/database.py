"""The one place that knows SQLite from PostgreSQL: opening, locking, refusing changes, naming faults."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError

from margin_core.errors import ReviewError

_WRITER_LOCK = 1_835_102_823
"""Number of the PostgreSQL advisory lock that writers take ("marg" in ASCII)."""

_RETRY_SECONDS = 0.02

_FAULTS = {
    "SQLITE_BUSY": "another program has kept it locked for more than {wait:g} s. Close that program, or try again",
    "SQLITE_LOCKED": "another program has kept it locked for more than {wait:g} s. Close that program, or try again",
    "SQLITE_FULL": "the disk is full. Free some space and try again",
    "SQLITE_READONLY": "it is read-only. Make the file and its folder writable, or name another database",
    "SQLITE_CANTOPEN": "the file cannot be opened. Check that its folder exists and is writable",
    "SQLITE_NOTADB": "the file is no SQLite database. Move it away, or name another database",
    "SQLITE_CORRUPT": "the file is damaged. Restore a copy of it, or name another database",
    "SQLITE_IOERR": "the disk reports an error ({text}). Check the disk and try again",
}


@dataclass(frozen=True)
class Database:
    """An opened database.

    Parameters
    ----------
    engine : Engine
    name : str
        For messages: the file, or the address without its password.
    wait : float
        Seconds to wait for another writer.
    """

    engine: Engine
    name: str
    wait: float

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a connection that sees one state of the database and blocks nobody.

        Yields
        ------
        Connection
        """
        with self._explained("read"), self.engine.connect() as connection:
            connection = connection.execution_options(reading=True)
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a connection in a transaction that is alone in writing and is committed whole or not at all.

        One writer at a time also means that ids become visible in order, so that whoever has seen
        id 7 will never meet a new id 6.

        Yields
        ------
        Connection
        """
        with self._explained("write"), self.engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER_LOCK})")
            yield connection

    def keep_readers_apart(self) -> None:
        """Set a new SQLite file to WAL mode, in which readers and the writer do not wait for each other.

        The mode stays with the file. File systems that cannot do it stay in the mode they have, which is
        slower and as safe.
        """
        if self.engine.dialect.name != "sqlite":
            return
        with self._explained("write"):
            raw = self.engine.raw_connection()
            try:
                self._patiently(lambda: raw.cursor().execute("PRAGMA journal_mode = WAL"))
            finally:
                raw.close()

    def _patiently(self, act: Callable[[], Any]) -> None:
        # SQLite does not wait by itself when two connections switch the mode at once.
        deadline = time.monotonic() + self.wait
        while True:
            try:
                act()
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorname != "SQLITE_BUSY" or time.monotonic() > deadline:
                    raise
                time.sleep(_RETRY_SECONDS)

    @contextmanager
    def _explained(self, verb: str) -> Iterator[None]:
        try:
            yield
        except IntegrityError:
            raise
        except (DBAPIError, sqlite3.Error) as error:
            cause = error.orig if isinstance(error, DBAPIError) else error
            text = (str(cause).strip() or type(cause).__name__).splitlines()[0]
            code = getattr(cause, "sqlite_errorname", "")
            fault = next((words for name, words in _FAULTS.items() if code.startswith(name)), None)
            reason = fault.format(wait=self.wait, text=text) if fault else f"the database says: {text}"
            raise ReviewError(
                f"Cannot {verb} the decisions in '{self.name}': {reason}. What was recorded before is safe."
            ) from error


def read_address(where: str | Path) -> URL:
    """Return the address of a database, without opening it.

    Parameters
    ----------
    where : Path or str
        A file, or a URL.

    Returns
    -------
    sqlalchemy.engine.URL

    Raises
    ------
    ReviewError
        Not a URL, neither SQLite nor PostgreSQL, or an SQLite database without a file.
    """
    try:
        url = URL.create("sqlite", database=str(where)) if isinstance(where, Path) else make_url(where)
    except ArgumentError:
        raise ReviewError(
            f"'{where}' does not name a database. Give sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME, "
            "or in Python the file as a Path."
        ) from None
    backend = url.get_backend_name()
    if backend not in ("sqlite", "postgresql"):
        raise ReviewError(f"Decisions are kept in SQLite or PostgreSQL; '{backend}' is neither. Name one of them.")
    if backend == "sqlite" and url.database in (None, "", ":memory:"):
        raise ReviewError("Decisions kept in memory would be lost at the end. Name a file: sqlite:///FILE.")
    return url


def open_database(where: str | Path, wait: float) -> Database:
    """Open a database by file name or URL; nothing is written yet.

    Parameters
    ----------
    where : Path or str
        A file, or a URL.
    wait : float
        Seconds to wait for another writer.

    Returns
    -------
    Database

    Raises
    ------
    ReviewError
        Not a URL, neither SQLite nor PostgreSQL, an SQLite database without a file, a missing driver, or a
        folder that cannot be made.
    """
    url = read_address(where)
    backend = url.get_backend_name()
    name = str(url.database) if backend == "sqlite" else url.render_as_string(hide_password=True)
    try:
        engine = create_engine(url)
    except ModuleNotFoundError as error:
        raise ReviewError(
            f"The database '{name}' needs the package '{error.name}'. Install it: pip install 'psycopg[binary]', "
            "with a URL that begins with postgresql+psycopg://."
        ) from None
    if backend == "sqlite":
        _make_folder(url)
        _tune_sqlite(engine, wait)
    return Database(engine, name, wait)


def refuse_changes(connection: Connection, table: str) -> None:
    """Add triggers by which the database itself refuses to change or delete a row of an append-only table.

    Parameters
    ----------
    connection : Connection
        In a transaction.
    table : str
        Its name.
    """
    if connection.dialect.name == "sqlite":
        for action in ("UPDATE", "DELETE"):
            connection.exec_driver_sql(
                f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    else:
        connection.exec_driver_sql(
            f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
        )
        connection.exec_driver_sql(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only()"
        )


def _make_folder(url: URL) -> None:
    folder = Path(str(url.database).removeprefix("file:")).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ReviewError(
            f"Cannot make the folder '{folder}' for the decisions: {error.strerror}. Name another database."
        ) from error


def _tune_sqlite(engine: Engine, wait: float) -> None:
    def tune(raw: Any, record: Any) -> None:
        # Python's own transaction handling leaves CREATE TABLE outside; ours begins every one explicitly.
        raw.isolation_level = None
        cursor = raw.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {round(wait * 1000)}")
        # FULL: a commit returns when it is on the disk, so a recorded decision survives a power cut.
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.close()

    def begin(connection: Connection) -> None:
        # IMMEDIATE: a writer waits for its turn here; a reader that turns writer would fail at once instead.
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    event.listen(engine, "connect", tune)
    event.listen(engine, "begin", begin)
