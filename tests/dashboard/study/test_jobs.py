"""Jobs report their progress and why they failed."""

import sys

import pytest
from waiting import finished

from dashboard.study import processes
from dashboard.study.jobs import Job
from margin_core.errors import NotComputed
from margin_core.study.notes import loss


def run(monkeypatch, tmp_path, program, on_ranked=lambda: None, **more):
    """Run a job whose `margin prepare` is another program."""
    script = tmp_path / "program.py"
    script.write_text(program)
    start = processes.subprocess.Popen
    monkeypatch.setattr(
        processes.subprocess, "Popen", lambda command, **others: start([sys.executable, str(script)], **others)
    )
    return Job([], on_ranked, **more)


def test_a_job_tells_how_far_it_is_and_when_the_ranking_is_there(monkeypatch, tmp_path):
    ranked = []
    job = run(
        monkeypatch, tmp_path,
        'print("a library says hello")\n'
        'print(\'{"fraction": 0.25, "text": "Reading"}\')\n'
        'print(\'{"fraction": 0.7, "text": "The queue is ready", "stage": "ranked"}\')\n',
        lambda: ranked.append(job.status),
    )  # fmt: skip
    status = finished(lambda: job.status)
    assert (status.state, status.fraction) == ("done", 1.0)
    assert [(one.fraction, one.text) for one in ranked] == [(0.7, "The queue is ready")]


def test_a_step_that_is_done_says_nothing_of_the_command(monkeypatch, tmp_path):
    seen = []
    job = run(
        monkeypatch, tmp_path,
        'print(\'{"fraction": 0.5, "text": "Fitting models"}\')\n'
        'print(\'{"fraction": 1.0, "text": "Done", "stage": "ranked"}\')\n',
        lambda: seen.append(job.status),
    )  # fmt: skip
    finished(lambda: job.status)
    assert [(one.state, one.fraction, one.text) for one in seen] == [("running", 1.0, "Fitting models")]


def test_what_a_job_has_read_stays_known_whatever_becomes_of_it(monkeypatch, tmp_path):
    job = run(
        monkeypatch, tmp_path,
        'print(\'{"notes": [{"kind": "loss", "text": "1 file left out."}]}\')\n'
        'print(\'{"fraction": 0.25, "text": "Embedding"}\')\n'
        'raise SystemExit("margin: The disk is full.")\n',
    )  # fmt: skip
    status = finished(lambda: job.status)
    assert (status.state, status.fraction, status.text) == ("failed", 0.25, "margin: The disk is full.")
    assert status.notes == (loss("1 file left out."),)


@pytest.mark.parametrize(
    ("program", "message"),
    [
        ("import sys; sys.exit('margin: The disk is full.')", "margin: The disk is full."),
        ("import sys; print('warning', file=sys.stderr); sys.exit('margin: No.\\n\\n')", "margin: No."),
        ("raise SystemExit(3)", "Exit code 3."),
    ],
)
def test_a_job_that_fails_keeps_the_last_line(monkeypatch, tmp_path, program, message):
    job = run(monkeypatch, tmp_path, program)
    status = finished(lambda: job.status)
    assert (status.state, status.text) == ("failed", message)


def test_a_stopped_job_stays_stopped(monkeypatch, tmp_path):
    job = run(monkeypatch, tmp_path, "import sys; sys.stdin.read(); import threading; threading.Event().wait()")
    job.stop()
    assert job.status.state == "stopped"
    job.stop()
    assert job.status.state == "stopped"


def test_what_follows_a_job_and_cannot_be_done_is_its_failure(monkeypatch, tmp_path):
    def refuse():
        raise NotComputed("It is not there.")

    jobs = [run(monkeypatch, tmp_path, "", on_done=then) for then in (lambda: None, refuse)]
    ended = [finished(lambda job=job: job.status) for job in jobs]
    assert [(status.state, status.text) for status in ended] == [("done", "Done"), ("failed", "It is not there.")]
