"""The models are fitted again in the background, and taken over without a word lost."""

import json
import os
import shutil
import sys

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard.app import ROUTES
from dashboard.study import processes
from dashboard.study.error_probabilities import error_posterior, stated_probabilities
from dashboard.study.jobs import JobStatus
from dashboard.study.processes import LOW_PRIORITY, MarginProcess
from dashboard.study.registry import OpenRequest, StudyRegistry
from margin_core.cli import main
from margin_core.review import Choice, Verdict
from margin_core.review.estimates import estimate_error_probabilities

pytestmark = pytest.mark.slow  # Whole pages: half a second each.

HEADERS = {"X-Margin": "1", "Content-Type": "application/json"}


class ByHand:
    """A job that does its work when the test says so, in this process."""

    def __init__(self, arguments, on_ranked, *, has_low_priority=False):
        self.arguments, self.on_ranked, self.has_low_priority = arguments, on_ranked, has_low_priority
        self.status = JobStatus("running", 0.0, "Starting")

    def finish(self):
        assert main([*self.arguments, "--progress", "json"]) == 0
        self.on_ranked()
        self.status = JobStatus("done", 1.0, "Done")

    def fail(self):
        self.status = JobStatus("failed", 0.5, "margin: The disk is full.")

    def stop(self):
        pass


@pytest.fixture
def started(monkeypatch):
    """Return the jobs that were started, in order."""
    found = []

    def start(*arguments, **more):
        found.append(ByHand(*arguments, **more))
        return found[-1]

    monkeypatch.setattr("dashboard.study.registry.Job", start)
    return found


@pytest.fixture
def decide(studies, asked, started):
    """Decide on rows as the browser does, one request a row."""
    client = TestClient(Starlette(routes=ROUTES))
    seqs = iter(range(1, 10_000))

    def decide(rows, verdict="relabel"):
        for row in rows:
            label = int((asked.study.labels[row] + 1) % 3) if verdict == "relabel" else None
            made = {"seq": next(seqs), "row": int(row), "verdict": verdict, "label": label, "note": "", "score": 0.5}
            answer = client.post(
                f"/margin/{asked.key}/decisions",
                content=json.dumps({"client": "tab", "decisions": [made | {"at": "2026-11-22T01:02:03.456Z"}]}),
                headers=HEADERS,
            )
            assert answer.status_code == 200
        return answer.json()

    return decide


def exact(opened):
    """Return the scores of all samples by the models in use."""
    labels = np.where(opened.session.states == 4, -1, opened.session.labels)
    return opened.live.label_error_score.scores(labels)


def test_nothing_is_fitted_again_before_enough_labels_are_changed(decide, started):
    decide(range(30), "keep")
    decide(range(30, 40), "skip")
    decide(range(40, 59))
    assert not started
    decide([59])
    assert len(started) == 1


def test_it_is_fitted_once_at_a_time_and_taken_over_when_it_is_there(decide, started, asked, source, studies):
    first, probabilities = asked.live, stated_probabilities(asked)
    assert decide(range(20))["refit"] == {"refits": 0, "corrections": 0, "error": ""}
    (job,) = started
    assert job.has_low_priority
    assert job.arguments == ["refit", str(source), "--root", str(source.parent), "--upto", "20"]
    decide(range(20, 45))
    assert len(started) == 1 and asked.live is first
    version, masked = asked.version, asked.session.version
    before = asked.session.history(100)
    job.finish()
    assert asked.live is not first and asked.refit_corrections == 20
    assert asked.version == version + 1 and asked.session.version == masked
    np.testing.assert_array_equal(asked.session.scores, exact(asked))
    assert asked.session.history(100) == before and not set(asked.session.upcoming(90)) & set(range(45))
    answer = decide([45])
    assert answer["refit"] == {"refits": 1, "corrections": 20, "error": ""}
    assert len(started) == 2 and started[1].arguments[-1] == "40"
    # What was stated before any review stays as it was stated.
    assert stated_probabilities(asked) is probabilities
    again = estimate_error_probabilities(asked.first_scores, asked.study.labels)
    np.testing.assert_array_equal(stated_probabilities(asked).score_logit, again.score_logit)


def test_the_posterior_goes_by_the_order_of_the_queue(decide, started, asked):
    """Else reviews taken in one order would be reported for another."""
    decide(range(20))
    before = error_posterior(asked)
    assert before.prior is stated_probabilities(asked)
    started[0].finish()
    posterior = error_posterior(asked)
    assert error_posterior(asked) is posterior and posterior.prior is not stated_probabilities(asked)
    np.testing.assert_array_equal(posterior.reviews.rows, before.reviews.rows)
    still_open = np.flatnonzero(asked.session.states == 0)
    of_queue = asked.session.sort_by_score(still_open)
    assert (np.diff(posterior.prior.score_logit[of_queue]) <= 1e-9).all()


def test_a_failed_refit_is_reported_and_repeated_only_when_the_next_is_due(decide, started, asked):
    decide(range(20))
    before = asked.session.scores
    started[0].fail()
    answer = decide(range(20, 39))
    assert len(started) == 1
    assert answer["refit"] == {"refits": 0, "corrections": 0, "error": "margin: The disk is full."}
    assert asked.session.scores[60:].shape == before[60:].shape and asked.session.n_refits == 0
    decide([39])
    assert len(started) == 2
    started[1].finish()
    assert decide([40])["refit"] == {"refits": 1, "corrections": 40, "error": ""}


def test_a_missing_refit_is_reported(decide, started, asked, studies):
    decide(range(20))
    started[0].on_ranked()
    assert "does not hold the step 'refit'" in studies.refit_error(asked.key)
    assert asked.session.n_refits == 0


def test_opened_again_it_is_used_at_once_and_gives_the_same_order(decide, started, asked, source, monkeypatch):
    decide(range(20))
    started[0].finish()
    decide(range(20, 30))
    monkeypatch.setattr("dashboard.study.registry.Job", None)
    studies = StudyRegistry([source.parent])
    again = studies.opened(studies.open(OpenRequest(source)))
    assert again.refit_corrections == 20
    np.testing.assert_array_equal(again.session.scores, asked.session.scores)
    np.testing.assert_array_equal(again.session.suggested, asked.session.suggested)
    np.testing.assert_array_equal(again.session.upcoming(90, beyond=True), asked.session.upcoming(90, beyond=True))
    np.testing.assert_array_equal(stated_probabilities(again).score_logit, stated_probabilities(asked).score_logit)


def test_opened_again_what_is_due_and_not_remembered_is_fitted(decide, started, asked, source):
    decide(range(20))
    started[0].finish()
    decide(range(20, 41))
    for folder in (source.parent / "pets.npz.margin" / "steps").glob("refit-*"):
        shutil.rmtree(folder)
    studies = StudyRegistry([source.parent])
    again = studies.opened(studies.open(OpenRequest(source)))
    assert again.refit_corrections == 0 and [job.arguments[-1] for job in started] == ["20", "40", "40"]
    started[-1].finish()
    assert again.refit_corrections == 40
    np.testing.assert_array_equal(again.session.scores, exact(again))


def test_decisions_of_another_database_are_fitted(studies, source, tmp_path, started):
    database = f"sqlite:///{tmp_path}/team.sqlite"
    opened = studies.opened(studies.open(OpenRequest(source, database=database)))
    choices = [Choice(seq=row, row=row, verdict=Verdict.EXCLUDE) for row in range(20)]
    opened.session.decide(choices, client="tab")
    studies.start_due_refit(opened.key)
    assert started[0].arguments[-2:] == ["--upto", "20"]
    place = started[0].arguments.index("--database")
    assert started[0].arguments[place + 1] == database
    started[0].finish()
    assert opened.refit_corrections == 20
    np.testing.assert_array_equal(opened.session.scores, exact(opened))


def test_a_patient_job_gives_way(monkeypatch, tmp_path):
    script = tmp_path / "program.py"
    script.write_text("import threading; threading.Event().wait()")
    start = processes.subprocess.Popen
    monkeypatch.setattr(
        processes.subprocess, "Popen", lambda command, **more: start([sys.executable, str(script)], **more)
    )
    for has_low_priority, nice in ((False, os.getpriority(os.PRIO_PROCESS, 0)), (True, LOW_PRIORITY)):
        process = MarginProcess([], print, lambda *ended: None, has_low_priority=has_low_priority)
        assert os.getpriority(os.PRIO_PROCESS, process.pid) == nice
        process.terminate()
        process.wait()
