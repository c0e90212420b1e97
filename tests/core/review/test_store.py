import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import Engine, event
from store_laws import test_a_batch_is_kept_whole_or_not_at_all as test_a_batch_is_kept_whole_or_not_at_all
from store_laws import test_threads_share_a_store as test_threads_share_a_store

from margin_core.errors import ReviewError
from margin_core.review import Appended, ReviewStore, Verdict

WRITER = Path(__file__).with_name("writing_process.py")


@pytest.fixture
def file(tmp_path):
    return tmp_path / "review.sqlite"


@contextmanager
def writing(file, batches, *clients):
    """Run processes that write."""
    process = subprocess.Popen(
        [sys.executable, str(WRITER), str(file), str(batches), *clients],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_what_is_read_is_what_was_written(store, make_decision):
    sent = [
        make_decision("a", Verdict.RELABEL, note="Ünïcode, 'quotes'\nand lines", score=0.1 + 0.2, sampled=True),
        make_decision("b", Verdict.SKIP, old_label=None, based_on=7),
        make_decision("a", Verdict.UNDO, undoes=1),
    ]
    store.append(sent)
    read = store.decisions()
    assert [decision.id for decision in read] == [1, 2, 3]
    assert [replace(decision, id=None) for decision in read] == sent
    assert {type(decision.verdict) for decision in read} == {Verdict}


def test_the_same_number_is_recorded_once(store, make_decision):
    first, second = make_decision(seq=1), make_decision(seq=2)
    assert store.append([first]) == Appended((("tab", 1),), ())
    assert store.append([first, second, replace(second, note="again")]) == Appended((("tab", 2),), (("tab", 1),))
    assert store.append([replace(first, client="other tab")]).recorded == (("other tab", 1),)
    assert [(decision.client, decision.seq, decision.note) for decision in store.decisions()] == [
        ("tab", 1, ""), ("tab", 2, ""), ("other tab", 1, ""),
    ]  # fmt: skip


def test_an_empty_batch_is_nothing(store):
    assert store.append([]) == Appended((), ())


def test_a_long_batch_is_recorded_once(store, make_decision):
    batch = [make_decision(seq=seq) for seq in range(1201)]
    assert len(store.append(batch).recorded) == 1201
    assert store.append(batch).recorded == ()
    assert len(store.decisions()) == 1201


def test_decisions_are_found_by_study_and_place(store, make_decision):
    store.append([make_decision(), make_decision(study="another"), make_decision("b")])
    key = make_decision().study
    assert [decision.id for decision in store.decisions(key)] == [1, 3]
    assert [decision.id for decision in store.decisions(key, after=1)] == [3]
    assert [decision.id for decision in store.decisions(after=1)] == [2, 3]


def test_decisions_are_there_after_reopening(file, make_decision):
    for number in range(3):
        with ReviewStore(f"sqlite:///{file}") as store:
            assert len(store.decisions()) == number
            store.append([make_decision()])


@pytest.mark.parametrize("statement", ["UPDATE margin_decisions SET note = 'x'", "DELETE FROM margin_decisions"])
def test_the_database_itself_refuses_to_change_the_log(store, file, make_decision, statement):
    store.append([make_decision()])
    with closing(sqlite3.connect(file)) as raw, pytest.raises(sqlite3.IntegrityError, match="is append-only"):
        raw.execute(statement)
    assert len(store.decisions()) == 1


def test_a_commit_waits_for_the_disk_and_readers_do_not_wait(store, file):
    with store.database.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL


@pytest.mark.slow
def test_four_processes_make_the_database_and_write_at_once(file):
    batches = 8
    with writing(file, batches, "0", "1", "2", "3") as process:
        assert process.wait(timeout=600) == 0
    with ReviewStore(file) as store:
        found = [(decision.client, decision.seq) for decision in store.decisions()]
    clients = ["0", "1", "2", "3", "shared"]
    assert sorted(found) == [(client, seq) for client in clients for seq in range(3 * batches)]


@pytest.mark.slow
def test_a_killed_writer_loses_nothing_that_was_confirmed(file):
    with writing(file, 100_000, "victim") as process:
        printed = [process.stdout.readline() for _ in range(20)]
        process.send_signal(signal.SIGKILL)
        printed += process.stdout.readlines()
        process.wait()
    batches = [int(line) for line in printed if line.endswith("\n")]
    assert batches == list(range(len(batches)))
    with ReviewStore(file) as store:
        seqs = [decision.seq for decision in store.decisions()]
    assert seqs == list(range(len(seqs)))
    assert len(seqs) % 3 == 0
    assert len(seqs) // 3 - len(batches) in (0, 1)  # At most the batch that was being written is there untold.
    with closing(sqlite3.connect(file)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_locked_database_is_named(file, make_decision):
    with ReviewStore(file, wait=0.02) as store, closing(sqlite3.connect(file, isolation_level=None)) as raw:
        raw.execute("BEGIN IMMEDIATE")
        with pytest.raises(ReviewError) as caught:
            store.append([make_decision()])
        assert str(caught.value) == (
            f"Cannot write the decisions in '{file}': another program has kept it locked for more than 0.02 s. "
            "Close that program, or try again. What was recorded before is safe."
        )
        assert store.decisions() == []  # Readers do not wait.
        raw.execute("ROLLBACK")
        assert store.append([make_decision()]).recorded


def test_a_read_only_database_can_be_read(file, make_decision):
    with ReviewStore(file) as store:
        store.append([make_decision()])
        with ReviewStore(f"sqlite:///file:{file}?mode=ro&uri=true") as reader:
            assert len(reader.decisions()) == 1
            with pytest.raises(ReviewError, match=r"it is read-only\. Make the file and its folder writable, or name"):
                reader.append([make_decision()])


def test_a_full_disk_is_named_and_loses_nothing(file, make_decision):
    with ReviewStore(file) as store:
        store.append([make_decision(seq=0)])

    def small(raw, record):
        raw.execute("PRAGMA max_page_count = 12")

    event.listen(Engine, "connect", small)
    try:
        with ReviewStore(file) as store:
            with pytest.raises(ReviewError, match=r"the disk is full\. Free some space and try again\. What was recor"):
                store.append([make_decision(seq=seq, note="x" * 1000) for seq in range(1, 100)])
            assert [decision.seq for decision in store.decisions()] == [0]
    finally:
        event.remove(Engine, "connect", small)


def test_a_file_that_is_no_database_is_named(file):
    file.write_text("id,label\n" * 1000)
    with pytest.raises(ReviewError, match=rf"^Cannot read the decisions in '{file}': the file is no SQLite database"):
        ReviewStore(file)
    assert file.read_text().startswith("id,label")


def test_a_folder_in_place_of_the_file_is_named(tmp_path):
    with pytest.raises(ReviewError, match=r"the file cannot be opened\. Check that its folder exists and is writable"):
        ReviewStore(tmp_path)


def test_the_folder_is_made(tmp_path, make_decision):
    with ReviewStore(tmp_path / "new" / "deep" / "review.sqlite") as store:
        assert store.append([make_decision()]).recorded


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ReviewError, match=r"^Cannot make the folder '.*/file/deep' for the decisions: Not a directory"):
        ReviewStore(tmp_path / "file" / "deep" / "review.sqlite")


def test_a_file_name_is_taken_literally(tmp_path, make_decision):
    file = tmp_path / "what? 100% #1.sqlite"
    with ReviewStore(file) as store:
        store.append([make_decision()])
    assert file.exists()


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("p.sqlite", r"^'p\.sqlite' does not name a database\. Give .* in Python the file as a Path\.$"),
        ("nonsense", r"^'nonsense' does not name a database\. Give sqlite:///FILE or postgresql\+psycopg://USER"),
        ("mysql://host/name", r"^Decisions are kept in SQLite or PostgreSQL; 'mysql' is neither\. Name one of them\.$"),
        ("sqlite://", r"^Decisions kept in memory would be lost at the end\. Name a file: sqlite:///FILE\.$"),
        ("postgresql+pg8000://ada:secret@host/db", r"^The database 'postgresql\+pg8000://ada:\*\*\*@host/db' needs "),
    ],
)
def test_an_unusable_url_is_named(url, message):
    with pytest.raises(ReviewError, match=message):
        ReviewStore(url)


def test_the_log_as_a_table(store, make_decision):
    store.append([make_decision(score=0.5, note="n"), make_decision("b", Verdict.SKIP)])
    frame = store.log_frame()
    assert frame["id"].tolist() == [1, 2]
    assert frame["sample_id"].tolist() == ["a", "b"]
    assert frame["verdict"].tolist() == ["keep", "skip"]
    assert frame["new_label"].isna().tolist() == [False, True]
    assert frame["decided_at"].iloc[0] == pd.Timestamp("2026-01-02T03:04:05.678Z")
    assert len(store.log_frame("another study")) == 0
