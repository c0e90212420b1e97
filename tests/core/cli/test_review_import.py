"""margin review --import: what it counts is true, whatever was there before and whatever killed it."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import closing

import pandas as pd
import pytest
from commands import REPOSITORY, SAMPLES

from margin_core.audit.audit import audit
from margin_core.review import Choice, ReviewSession, ReviewState, ReviewStore, Verdict
from margin_core.storage.workspace import Workspace
from margin_core.study import open_source

OLD, GROWN = 60, 125
CLASSES = ("cat", "dog", "=owl")


def rows_of_a_team():
    """125 decisions on 90 samples: Ada's on all of them, Ben's on the first 35; five in six keep the label."""
    rows = []
    for number in range(GROWN):
        verdict = ("relabel", "keep", "keep", "exclude", "keep", "skip")[number % 6]
        rows.append(
            {
                "id": str(number % SAMPLES),
                "verdict": verdict,
                "label": CLASSES[number % 3] if verdict == "relabel" else "",
                "reviewer": "ada" if number < SAMPLES else "ben",
                "note": "=sure" if number % 7 == 0 else "",
                "decided_at": f"2026-01-02T03:04:{number % 60:02}Z" if number % 2 else "",
            }
        )
    return pd.DataFrame(rows)


def write(frame, path):
    if path.suffix == ".csv":
        frame.to_csv(path, index=False)
    elif path.suffix == ".parquet":
        frame.to_parquet(path, index=False)
    else:
        frame.to_json(path, orient="records", lines=True)
    return path


@pytest.fixture
def take_in(run_margin, source):
    """Import a table; return how many decisions were recorded, how many were there before, and what else was said."""

    def take_in(path, *more, into=source):
        code, out, err = run_margin("review", into, "--import", path, *more)
        assert code == 0
        counted = re.fullmatch(r"(\d+) decisions? recorded, (\d+) were there before\.\n", out)
        return int(counted[1]), int(counted[2]), err

    return take_in


@pytest.fixture
def log(folder):
    """Read the log in the workspace."""

    def log():
        with closing(ReviewStore(folder / "pets.npz.margin" / "review.sqlite")) as store:
            return store.decisions()

    return log


@pytest.fixture
def in_dashboard(source, folder):
    """A review session on the same workspace, as the dashboard has one."""
    with closing(ReviewStore(folder / "pets.npz.margin" / "review.sqlite")) as store:
        audited = audit(open_source(source, workspace=Workspace.at(folder / "pets.npz.margin")))
        session = ReviewSession(audited.opened.study, audited.explanation, store, "ada")

        def decide(*choices):
            session.refresh()
            first = session.version
            outcome = session.decide(
                [Choice(seq=first + n, row=row, verdict=Verdict(verdict), label=label)
                 for n, (row, verdict, label) in enumerate(choices)], client="tab",
            )  # fmt: skip
            assert not outcome.refused

        yield decide


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".jsonl"])
def test_the_same_file_twice(take_in, log, tmp_path, suffix):
    path = write(rows_of_a_team(), tmp_path / f"made{suffix}")
    assert take_in(path) == (GROWN, 0, "")
    before = log()
    assert take_in(path) == (0, GROWN, "")
    assert log() == before


@pytest.mark.parametrize("named", [True, False], ids=["reviewers in the table", "reviewer of the command"])
@pytest.mark.parametrize("arrange", [lambda t: t, lambda t: t.iloc[::-1], lambda t: t[t.columns[::-1]]],
                         ids=["as it was", "upside down", "columns in another order"])  # fmt: skip
def test_a_table_of_60_that_has_grown_to_125(take_in, log, tmp_path, arrange, named):
    table = rows_of_a_team() if named else rows_of_a_team().drop(columns="reviewer")
    reviewer = ("--reviewer", "ada")
    assert take_in(write(table.iloc[:OLD], tmp_path / "made.csv"), *reviewer) == (OLD, 0, "")
    grown = write(arrange(table), tmp_path / "made.parquet")
    recorded, known, _ = take_in(grown, *reviewer)
    assert (recorded, known) == (GROWN - OLD, OLD)
    assert take_in(grown, *reviewer)[:2] == (0, GROWN)
    assert len(log()) == GROWN


@pytest.mark.slow
@pytest.mark.parametrize("format", ["csv", "parquet", "changes-csv", "changes-parquet", "log-csv", "log-parquet",
                                    "log-jsonl"])  # fmt: skip
def test_an_export_of_this_workspace_and_then_into_a_fresh_one(
    run_margin, take_in, log, in_dashboard, source, ranked, tmp_path, format
):
    take_in(write(rows_of_a_team(), tmp_path / "made.csv"))
    in_dashboard((0, "relabel", 1), (1, "exclude", None), (2, "keep", None), (2, "undo", None), (3, "skip", None))
    before = log()
    current = ReviewState(before).current_decisions().values()
    changed = [one for one in current if one.verdict == "exclude" or one.new_label not in (None, one.old_label)]
    expected = {"csv": len(current), "parquet": len(current), "log": len(before) - 2}.get(
        format.partition("-")[0], len(changed)
    )
    exported = tmp_path / f"out.{format.rpartition('-')[2]}"
    assert run_margin("export", source, "--format", format, "--out", exported)[0] == 0
    assert take_in(exported) == (0, expected, "")
    assert log() == before
    shutil.copytree(ranked, tmp_path / "fresh")
    fresh = str(tmp_path / "fresh" / "pets.npz")
    assert take_in(exported, into=fresh) == (expected, 0, "")
    assert take_in(exported, into=fresh) == (0, expected, "")
    if format in ("csv", "log-jsonl"):
        for study, name in ((source, "here.csv"), (fresh, "there.csv")):
            run_margin("export", study, "--format", "csv", "--out", tmp_path / name)
        assert (tmp_path / "there.csv").read_text() == (tmp_path / "here.csv").read_text()


def test_what_the_dashboard_has_changed_since_stays_changed_and_is_reported(
    run_margin, take_in, log, in_dashboard, source, tmp_path
):
    table = pd.DataFrame({"id": ["0", "1", "2", "3"], "verdict": ["keep", "keep", "skip", "keep"]})
    path = write(table, tmp_path / "made.csv")
    assert take_in(path, "--reviewer", "ada") == (4, 0, "")
    in_dashboard((0, "exclude", None), (1, "undo", None), (2, "skip", None))
    recorded, known, message = take_in(path, "--reviewer", "ada")
    assert (recorded, known) == (0, 4)
    assert message == (
        "margin: The last decision that 'made.csv' has on 2 samples ('0', '1') was there before and does not hold: it "
        "was undone, or something else was decided after it. That stays so; a row with another decided_at is a new "
        "decision.\n"
    )
    _, out, _ = run_margin("review", source, "--import", path, "--reviewer", "ada", "--json")
    assert json.loads(out) == {"recorded": 0, "already_recorded": 4, "superseded": ["0", "1"], "undone": []}
    current = ReviewState(log()).current_decisions()
    assert {sample: one.verdict for sample, one in current.items()} == {"0": "exclude", "2": "skip", "3": "keep"}


def test_what_was_decided_in_the_dashboard_is_not_recorded_again(take_in, log, in_dashboard, tmp_path):
    in_dashboard((0, "keep", None), (1, "exclude", None), (2, "keep", None), (2, "undo", None), (3, "keep", None))
    table = pd.DataFrame({"id": ["0", "1", "2", "4"], "verdict": ["keep", "exclude", "keep", "keep"]})
    path = write(table, tmp_path / "made.csv")
    recorded, known, message = take_in(path, "--reviewer", "ada")
    assert (recorded, known) == (1, 3)
    assert "on 1 sample ('2') was there before and does not hold: it was undone" in message
    assert take_in(path, "--reviewer", "ada")[:2] == (0, 4)
    assert len(log()) == 6


def test_two_reviewers_of_one_sample_are_two_decisions(take_in, log, tmp_path):
    both = pd.DataFrame({"id": ["0", "0"], "verdict": ["keep", "keep"], "reviewer": ["ada", "ben"]})
    assert take_in(write(both.iloc[:1], tmp_path / "made.csv"))[:2] == (1, 0)
    assert take_in(write(both, tmp_path / "made.csv"))[:2] == (1, 1)
    alone = write(both.drop(columns="reviewer").iloc[:1], tmp_path / "alone.csv")
    assert take_in(alone, "--reviewer", "ben")[:2] == (0, 1)
    assert take_in(alone, "--reviewer", "eve")[:2] == (1, 0)
    assert [one.reviewer for one in log()] == ["ada", "ben", "eve"]


def killed_import(source, table, event_name):
    """Run the command in a process that kills itself, as kill -9 does, once it has written and before it goes on."""
    script = (
        "import os, signal, sys\n"
        "from sqlalchemy import Engine, event\n"
        "from margin_core.cli import main\n"
        "written = []\n"
        "@event.listens_for(Engine, 'after_cursor_execute')\n"
        "def executed(connection, cursor, statement, *others):\n"
        "    if statement.startswith('INSERT INTO margin_decisions'):\n"
        "        written.append(statement)\n"
        "        if sys.argv[1] == 'written': os.kill(os.getpid(), signal.SIGKILL)\n"
        "@event.listens_for(Engine, 'checkin')\n"
        "def returned(*others):\n"
        "    if written: os.kill(os.getpid(), signal.SIGKILL)\n"
        "main(sys.argv[2:])\n"
    )
    return subprocess.run(
        [sys.executable, "-c", script, event_name, "review", str(source), "--import", str(table)],
        env=os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(REPOSITORY)},
        capture_output=True, timeout=600, check=False,
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    ("when", "kept"), [("written", 0), pytest.param("committed", GROWN - OLD, marks=pytest.mark.slow)]
)
def test_an_import_that_is_killed_is_made_whole_by_the_next(take_in, log, source, tmp_path, when, kept):
    table = rows_of_a_team()
    take_in(write(table.iloc[:OLD], tmp_path / "old.csv"))
    path = write(table, tmp_path / "made.csv")
    killed = killed_import(source, path, when)
    assert (killed.returncode, killed.stdout) == (-signal.SIGKILL, b"")
    assert len(log()) == OLD + kept
    assert take_in(path)[:2] == (GROWN - OLD - kept, OLD + kept)
    assert take_in(path)[:2] == (0, GROWN)
    message = [(one.sample_id, str(one.verdict), one.reviewer) for one in log()]
    assert sorted(message) == sorted(zip(table["id"], table["verdict"], table["reviewer"], strict=True))


def test_the_table_of_an_audit_is_imported_once_it_is_filled_in(run_margin, source, folder, tmp_path):
    """As docs/howto/import-decisions.md has it: two columns are added, the others are ignored."""
    table = pd.read_csv(folder / "audit" / "findings.csv", dtype=str, keep_default_na=False)
    table["verdict"] = ["relabel", "keep", "exclude"] + [""] * (SAMPLES - 3)
    table["label"] = [table["suggested_label"][0]] + [""] * (SAMPLES - 1)
    table.to_csv(tmp_path / "ada.csv", index=False)
    code, out, _ = run_margin("review", source, "--import", tmp_path / "ada.csv", "--reviewer", "ada")
    assert (code, out) == (0, "3 decisions recorded, 0 were there before.\n")
    decisions = json.loads(run_margin("review", source, "--json")[1])["decisions"]
    assert [decision["id"] for decision in decisions] == table["id"][:3].tolist()
