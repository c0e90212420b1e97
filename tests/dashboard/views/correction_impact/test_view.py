"""The page of the impact of corrections, from an empty session, without a browser."""

import numpy as np
import pytest
from app_pages import DONE, RUNNING, button_labels, press, turn_to

from dashboard.shared.wording import STOP
from dashboard.study.parts import HOW_TO_ADD, Part
from dashboard.views.correction_impact import CORRECTION_IMPACT, wording
from margin_core.audit.audit import audit
from margin_core.figures.impact import impact_curve
from margin_core.review import Choice, Verdict, session_corrections
from margin_core.review.impact import ORDERS, measure_impact
from margin_core.review.impact.measure import OWN
from margin_core.review.impact.stored_impact import load_impact
from margin_core.storage.workspace import Workspace
from margin_core.study import open_source

pytestmark = pytest.mark.slow  # Whole pages: half a second each.


def correct(opened, planted, rows):
    choices = [
        Choice(seq=int(row), row=int(row), verdict=Verdict.RELABEL, label=int(planted.truth[row])) for row in rows
    ]
    opened.session.decide(choices, client="t")


def test_before_any_decision_it_says_what_to_do(app, asked):
    assert wording.NO_DECISIONS in turn_to(app, CORRECTION_IMPACT)
    assert button_labels(app) == [wording.REVIEW]


def test_a_measurement_is_started_followed_and_read(app, asked, planted, started, job_is):
    correct(asked, planted, planted.flipped)
    assert wording.count_of_decisions(5) in turn_to(app, CORRECTION_IMPACT)
    press(app, wording.MEASURE)
    assert started == [("impact",)]

    job_is(RUNNING)
    turn_to(app, CORRECTION_IMPACT)
    assert button_labels(app) == [STOP]

    job_is(None)
    workspace = Workspace.at(asked.audited.opened.workspace.folder)
    computing = audit(open_source(asked.audited.opened.source, workspace=workspace))
    found = load_impact(computing, session_corrections(asked.session))
    text = turn_to(app, CORRECTION_IMPACT)
    assert found.sentence in text and found.judged_in_words in text
    assert "The same decisions, in the order of each other ranking" in text
    assert app.dataframe[0].value["order"].tolist() == [OWN, *ORDERS]

    job_is(DONE)
    correct(asked, planted, [0])
    assert wording.OUTDATED in turn_to(app, CORRECTION_IMPACT)


def test_what_cannot_be_measured_is_reported(app, studies, asked, planted, monkeypatch):
    correct(asked, planted, planted.flipped)
    few = asked.study.with_labels(np.where(np.arange(90) % 9, -1, asked.study.labels))
    monkeypatch.setattr(asked, "study", few)
    monkeypatch.setattr(
        "margin_core.review.impact.stored_impact.measure_impact",
        lambda study, *rest, **more: measure_impact(few, *rest, **more),
    )
    assert "could be held out; measuring the impact of corrections takes at least 20." in turn_to(
        app, CORRECTION_IMPACT
    )


def test_a_study_without_labels_has_nothing_to_correct(app, asked, monkeypatch):
    monkeypatch.setattr(type(asked.study), "has", lambda self, need: need != "labels")
    assert HOW_TO_ADD[Part.LABELS] in turn_to(app, CORRECTION_IMPACT)


def test_a_job_knows_where_the_decisions_are(studies, asked, stand_in_for_jobs):
    jobs = stand_in_for_jobs()
    key = next(iter(studies.requests))
    studies.start(key, "impact")
    (job,) = jobs
    assert job.arguments[:2] == ["impact", str(asked.audited.opened.source)]
    assert "--root" in job.arguments and "--database" not in job.arguments
    assert studies.job(key, "impact").status.state == "running"
    studies.close()
    assert job.status.state == "stopped"


def test_the_picture_names_each_line_at_its_end_and_keeps_names_apart(asked, planted):
    correct(asked, planted, planted.flipped)
    found = measure_impact(asked.study, session_corrections(asked.session), orders=dict(list(ORDERS.items())[:2]))
    figure = impact_curve(found, found.others)
    names = list(figure.layout.annotations)
    assert [note.text for note in names] == [OWN, *list(ORDERS)[:2]]
    heights = sorted(note.y for note in names)
    low, high = figure.layout.yaxis.range
    assert min(np.diff(heights)) > 0.04 * (high - low)
    assert figure.data[-1].name == OWN
