"""The panel of the picked sample beside a page: what follows from its buttons, once each."""

import pytest
from app_pages import read_page, turn_to

from dashboard.shared import state, wording
from dashboard.shared.sample_panel.component import SampleEvents
from dashboard.study.cards import neighbors_of
from dashboard.study.selections import selection_of
from dashboard.views import VIEWS
from dashboard.views.label_review import LABEL_REVIEW
from dashboard.views.label_review import wording as review_wording
from dashboard.views.map import MAP

pytestmark = pytest.mark.slow  # Whole pages: half a second each.


@pytest.fixture
def panel(monkeypatch):
    """Stand in for the component: lists what it is asked to show, and repeats its last event at every rerun."""
    panel = Panel()
    monkeypatch.setattr("dashboard.shared.sample_panel.panel.sample_panel", panel)
    return panel


class Panel:
    def __init__(self):
        self.shown, self.last = [], SampleEvents(None, None, 0)

    def __call__(self, study, row, *given, **more):
        self.shown.append(row)
        return self.last

    def press(self, action, row):
        self.last = SampleEvents(action, row, self.last.seq + 1)


def test_nothing_is_shown_until_a_sample_is_picked(app, asked, panel):
    turn_to(app, MAP)
    assert panel.shown == [None]
    app.session_state[state.PICKED.key] = 12
    app.run()
    assert panel.shown[-1] == 12


def test_a_neighbor_that_is_clicked_is_shown_in_its_place(app, asked, panel):
    turn_to(app, MAP)
    panel.press("open", 33)
    app.run()
    assert panel.shown[-1] == app.session_state[state.PICKED.key] == 33
    app.session_state[state.PICKED.key] = 4
    app.run()
    assert panel.shown[-1] == 4, "the event of before was answered twice"


@pytest.mark.parametrize("view", [view for view in VIEWS if view.sample_action], ids=lambda view: view.path)
def test_a_sample_is_shown_on_the_page_of_its_action(app, asked, panel, view):
    """Where the study has the parts for it; this one has no model."""
    turn_to(app, MAP)
    panel.press(view.path, 21)
    app.run()
    shown = view if view.missing(asked) is None else MAP
    assert read_page(app).startswith(f"# {shown.title}")
    assert app.session_state[state.PICKED.key] == 21


def test_a_sample_is_reviewed_with_its_neighbors(app, asked, panel):
    turn_to(app, MAP)
    panel.press("review", 8)
    app.run()
    rows = selection_of(asked, app.session_state[state.REVIEWED.key]).rows.tolist()
    assert rows == [8, *neighbors_of(asked, 8)]
    assert review_wording.only_these(len(rows), wording.near("sample 08")) in read_page(app)
    assert turn_to(app, LABEL_REVIEW)
