import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import inspect

from margin_core.errors import ReviewError
from margin_core.review.database import open_database
from margin_core.review.migrations import MIGRATIONS, Migration, applied, migrate
from margin_core.review.store import DECISIONS, ReviewStore


@pytest.fixture
def database(tmp_path):
    opened = open_database(tmp_path / "review.sqlite", wait=1)
    yield opened
    opened.engine.dispose()


def tables(database):
    return set(inspect(database.engine).get_table_names())


def test_the_store_knows_the_table_as_the_migrations_leave_it(database):
    migrate(database)
    made = {column["name"] for column in inspect(database.engine).get_columns("margin_decisions")}
    assert made == set(DECISIONS.columns.keys())


def test_names_are_unique():
    assert len({migration.name for migration in MIGRATIONS}) == len(MIGRATIONS)


def test_each_runs_once_and_in_order(database):
    ran = []
    steps = tuple(Migration(name, lambda connection, name=name: ran.append(name)) for name in ("1", "2", "3"))
    migrate(database, steps[:2])
    migrate(database, steps)
    migrate(database, steps)
    assert ran == ["1", "2", "3"]


def test_one_that_fails_leaves_nothing_and_can_be_run_again(database):
    def half(connection):
        connection.exec_driver_sql("CREATE TABLE half (x)")
        raise KeyError("power cut")

    def whole(connection):
        connection.exec_driver_sql("CREATE TABLE half (x)")

    first = Migration("1", lambda connection: connection.exec_driver_sql("CREATE TABLE first (x)") and None)
    with pytest.raises(KeyError, match="power cut"):
        migrate(database, (first, Migration("2", half)))
    assert tables(database) == {"margin_migrations", "first"}
    with database.reading() as connection:
        assert applied(connection) == {"1"}
    migrate(database, (first, Migration("2", whole)))
    assert tables(database) == {"margin_migrations", "first", "half"}


def test_a_database_of_a_newer_version_is_refused(tmp_path):
    file = tmp_path / "review.sqlite"
    ReviewStore(file).close()
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("INSERT INTO margin_migrations VALUES ('9999 future', '2099')")
        raw.commit()
    with pytest.raises(ReviewError) as caught:
        ReviewStore(file)
    assert str(caught.value) == (
        f"The decisions in '{file}' were written by a newer version of MARGIN (it knows '9999 future', this one does "
        "not). Upgrade MARGIN, or name another database."
    )
