"""The page of the label review from an empty session: what it is limited to, and where its end leads."""

import numpy as np
import pytest
from app_pages import press, turn_to

from dashboard.shared import state
from dashboard.shared.review.component import ReviewEvents
from dashboard.study.selections import keep_selection, selection_of
from dashboard.views.export import EXPORT
from dashboard.views.label_review import LABEL_REVIEW, wording
from dashboard.views.map import MAP
from dashboard.views.map.wording import INSIDE_LASSO
from margin_core.review import ReviewSession

pytestmark = pytest.mark.slow  # Whole pages: half a second each.


def test_review_of_a_selection_says_so(app, asked):
    app.session_state[state.REVIEWED.key] = keep_selection(asked, np.arange(7), INSIDE_LASSO)
    limited = wording.only_these(7, INSIDE_LASSO)
    assert limited in turn_to(app, LABEL_REVIEW)
    assert limited not in press(app, wording.REVIEW_ALL)
    assert app.session_state[state.REVIEWED.key] is None


@pytest.fixture
def reports(app, asked, monkeypatch):
    """Open the review of seven samples, whose component reports something once."""

    def reports(action, row=None):
        app.session_state[state.REVIEWED.key] = keep_selection(asked, np.arange(7), INSIDE_LASSO)
        events = iter([ReviewEvents(None, action, row, 1)])
        monkeypatch.setattr(
            "dashboard.shared.review.component.review_component",
            lambda *arguments, **more: next(events, ReviewEvents(None, None, None, 0)),
        )
        return turn_to(app, LABEL_REVIEW)

    return reports


def test_the_end_of_the_queue_leads_to_the_export(app, reports):
    assert reports("export").startswith(f"# {EXPORT.title}")


def test_from_a_selection_it_leads_to_the_whole_queue(app, reports):
    reports("all")
    assert app.session_state[state.REVIEWED.key] is None


def test_samples_without_a_label_are_reviewed_next(app, asked, reports, monkeypatch):
    labels = np.array(asked.study.labels)
    labels[[5, 50]] = -1
    monkeypatch.setattr(ReviewSession, "given", property(lambda session: labels))
    assert wording.only_these(2, wording.WITHOUT_LABEL) in reports("unlabeled")
    assert selection_of(asked, app.session_state[state.REVIEWED.key]).rows.tolist() == [5, 50]


def test_a_sample_is_looked_at_on_the_map_and_the_review_goes_on_with_it(app, reports):
    assert reports("map", 41).startswith(f"# {MAP.title}")
    assert app.session_state[state.PICKED.key] == 41
