"""The page from an empty session: its classes, its batch, and what it says where there is nothing to label."""

import numpy as np
import pytest
from app_pages import button_labels, press, turn_to

from dashboard.shared.review.component import ReviewEvents
from dashboard.views.active_sampling import ACTIVE_SAMPLING, wording
from dashboard.views.active_sampling.batches import batches_of
from dashboard.views.active_sampling.channel import label_codes
from dashboard.views.export import EXPORT
from dashboard.views.label_review import LABEL_REVIEW
from dashboard.views.overview import OVERVIEW
from dashboard.views.overview.wording import NO_LABELS
from margin_core.review import Choice, Verdict
from margin_core.review.decision import LABELING
from margin_core.review.label_curve import AccuracyPoint

pytestmark = pytest.mark.slow  # Whole pages: half a second each.


def give(opened, labels):
    choices = [
        Choice(seq=seq, row=row, verdict=Verdict.RELABEL, label=label, task=LABELING)
        for seq, (row, label) in enumerate(labels.items(), start=1)
    ]
    assert not opened.session.decide(choices, client="t").refused


def test_the_classes_are_named_first(app, bare, studies):
    assert wording.NAME_CLASSES in turn_to(app, ACTIVE_SAMPLING)
    next(field for field in app.text_input if field.label == wording.NAMES).set_value("cat, dog")
    press(app, wording.START)
    assert studies.study(bare.key).study.class_names == ("cat", "dog")
    assert studies.study(bare.key).study.fingerprint == bare.study.fingerprint


def test_a_class_is_added_and_one_without_labels_renamed(app, unlabeled, studies):
    turn_to(app, ACTIVE_SAMPLING)
    next(field for field in app.text_input if field.label == wording.ADD_CLASS).set_value("bird")
    press(app, wording.ADD)
    assert studies.study(unlabeled.key).study.class_names == ("cat", "dog", "bird")
    next(field for field in app.text_input if field.label == wording.NEW_NAME).set_value("wolf")
    next(field for field in app.selectbox if field.label == wording.RENAMED).set_value("dog")
    press(app, wording.RENAME)
    assert studies.study(unlabeled.key).study.class_names == ("cat", "wolf", "bird")


def test_a_class_that_a_label_has_keeps_its_name(app, unlabeled):
    give(unlabeled, {3: 0})
    turn_to(app, ACTIVE_SAMPLING)
    assert next(field for field in app.selectbox if field.label == wording.RENAMED).options == ["dog"]


def test_a_study_whose_samples_all_have_labels_says_what_to_do(app, asked):
    page = turn_to(app, ACTIVE_SAMPLING)
    assert wording.ALL_LABELED in page and {wording.REVIEW, wording.EXPORT} <= set(button_labels(app))
    assert press(app, wording.EXPORT).startswith(f"# {EXPORT.title}")


def test_the_batch_colors_the_map(unlabeled):
    batches_of(unlabeled, "random", 10).rows = np.array([1, 2])
    unlabeled.memory.keep("batch_on_screen", "", ("random", 10))
    give(unlabeled, {2: 0, 5: 1})
    codes = label_codes(unlabeled)
    assert np.flatnonzero(codes == 0).tolist() == [1] and np.flatnonzero(codes == 1).tolist() == [2, 5]


def test_the_accuracy_says_on_how_many_labels_it_is():
    assert wording.accuracy(AccuracyPoint(43, 32)) == "Accuracy 74% (43\N{NO-BREAK SPACE}labels)"
    assert wording.accuracy(AccuracyPoint(1, 1)) == "Accuracy 100% (1\N{NO-BREAK SPACE}label)"


def test_the_end_leads_to_the_export(app, unlabeled, monkeypatch):
    events = iter([ReviewEvents(None, "export", None, 1)])
    monkeypatch.setattr(
        "dashboard.shared.review.component.review_component",
        lambda *arguments, **more: next(events, ReviewEvents(None, None, None, 0)),
    )
    assert turn_to(app, ACTIVE_SAMPLING).startswith(f"# {EXPORT.title}")


def test_other_pages_say_what_is_missing_in_one_line(app, bare):
    assert "Label some under “What to label next”" in turn_to(app, LABEL_REVIEW)
    assert NO_LABELS in turn_to(app, OVERVIEW)


def test_strategies_are_compared_at_a_button_where_labels_are_known(app, asked, stand_in_for_jobs, studies):
    started = stand_in_for_jobs()
    turn_to(app, ACTIVE_SAMPLING)
    assert wording.RUN_SIMULATION in button_labels(app)
    press(app, wording.RUN_SIMULATION)
    assert [job.arguments[0] for job in started] == ["simulate"]


def test_without_labels_there_is_nothing_to_simulate(app, unlabeled):
    turn_to(app, ACTIVE_SAMPLING)
    assert wording.RUN_SIMULATION not in button_labels(app)
