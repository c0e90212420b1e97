"""Every page from an empty session, without a browser."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from dashboard.shared import state
from dashboard.shared.layout import for_browser, plain
from dashboard.study.jobs import JobStatus
from dashboard.study.parts import HOW_TO_ADD
from dashboard.study.registry import OpenRequest
from dashboard.study.selections import keep_selection
from dashboard.views import VIEWS
from dashboard.views.label_review import LABEL_REVIEW
from dashboard.views.label_review.component import ReviewEvents
from dashboard.views.overview import wording
from margin_core.review import Choice, Verdict
from margin_core.values import WHERE_TO_GET, Need

pytestmark = pytest.mark.slow  # Whole pages: half a second each.

RUNNING = JobStatus("running", 0.4, "Half way")


def shown(app):
    """Collect all text of a page."""
    assert not app.exception, app.exception[0].message
    parts = [*app.markdown, *app.caption, *app.metric, *app.text, *app.error, *app.info]
    return "\n".join(str(part.value) for part in parts)


def turn_to(app, page):
    return app.switch_page(f"views/{page}/view.py").run()


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.path)
def test_every_page_of_a_study_is_headed_by_its_view(app, asked, studies, monkeypatch, view):
    started = []
    monkeypatch.setattr(studies, "start", lambda *command: started.append(command))
    monkeypatch.setattr(studies, "job", lambda *command: SimpleNamespace(status=RUNNING) if started else None)
    turn_to(app.run(), view.page.parent.name)
    text, missing = shown(app), view.missing(asked)
    assert not app.error
    if view is not LABEL_REVIEW:  # The queue has the whole screen.
        assert app.markdown[0].value == f"# {plain(view.title)}" and app.markdown[0].help == view.help
    assert missing is None or HOW_TO_ADD[missing] in text


def test_the_overview_says_how_many(app, asked, planted):
    app.run()
    assert [(tile.label, tile.value) for tile in app.metric] == [
        ("Samples", "90"), ("Suspect labels", "5"), ("Decided", "0"), (wording.WITHOUT_CONFLICT, "94.4%"),
    ]  # fmt: skip
    assert "Review 5 suspect labels" in [button.label for button in app.button]


def test_a_rerun_of_the_overview_gathers_no_rows_and_draws_nothing_again(app, asked, monkeypatch):
    """A study has a million rows, and this page runs at every click."""
    app.run()
    calls = []
    original = np.flatnonzero

    def flatnonzero(values):
        if "overview" in sys._getframe(1).f_code.co_filename:
            calls.append("flatnonzero")
        return original(values)

    monkeypatch.setattr("numpy.flatnonzero", flatnonzero)
    for name in ("class_bars", "confusion_matrix"):
        monkeypatch.setattr(f"margin_core.figures.classes.{name}", lambda *shown, name=name: calls.append(name))
    app.run()
    assert shown(app) and calls == []


def test_the_menu_is_made_once_a_tab(app, asked, monkeypatch):
    """Each page that is made asks the file system, which was a seventh of a rerun."""
    app.run()
    made = []
    monkeypatch.setattr("streamlit.Page", lambda *arguments, **more: made.append(arguments))
    app.run()
    assert shown(app) and made == []


@pytest.mark.parametrize("tile", ["Samples", "Suspect labels", "Decided", wording.WITHOUT_CONFLICT])
def test_a_tile_lists_as_many_samples_as_it_counts(app, asked, planted, tile):
    asked.session.decide([Choice(seq=1, row=int(planted.flipped[0]), verdict=Verdict.KEEP)], client="t")
    app.run()
    counted = {"Samples": 90, "Suspect labels": 5, "Decided": 1, wording.WITHOUT_CONFLICT: 85}[tile]
    app.button(key=f"list {tile}").click().run()
    assert f"**{counted} sample{'' if counted == 1 else 's'}** {tile.lower()}" in shown(app)


def test_a_pair_of_classes_lists_what_it_counts(app, asked):
    app.run()
    pair = asked.audited.overview.confusions[0]
    app.button(key=f"{pair.given} {pair.suggested}").click().run()
    assert f"**{pair.count} samples** labeled" in shown(app)


def test_the_name_of_a_class_is_shown_as_it_is(app, asked):
    app.run()
    labels = " ".join(button.label for button in app.button)
    assert r"\*owl\*" in labels


def test_counts_follow_the_review(app, asked, planted):
    row = int(planted.flipped[0])
    choice = Choice(seq=1, row=row, verdict=Verdict.RELABEL, label=int(planted.truth[row]))
    asked.session.decide([choice], client="t")
    app.run()
    assert {tile.label: tile.value for tile in app.metric}["Decided"] == "1"
    assert "1 change**" in shown(turn_to(app, "export"))


def test_a_search_selects_what_it_finds(app, asked):
    app.run()
    app.text_input[0].set_value("sample 4").run()
    assert "**10 samples** found for 'sample 4'" in shown(app)


def test_a_filter_and_a_color_are_chosen(app, asked):
    turn_to(app.run(), "map")
    app.selectbox(key="color").set_value("label_error_score").run()
    app.multiselect[0].set_value([1]).run()
    shown(app)


def test_review_of_a_selection_says_so(app, asked):
    app.session_state[state.REVIEWED.key] = keep_selection(asked, np.arange(7), "on the map")
    turn_to(app.run(), "label_review")
    assert "Only the **7 samples** on the map" in shown(app)
    app.button[0].click().run()
    assert "Only the" not in shown(app)


@pytest.mark.parametrize(
    ("name", "page", "reviewing"),
    [("export", "# Export", None), ("all", "", None), ("unlabeled", "without a label", "a selection")],
)
def test_what_the_end_of_the_queue_offers_is_done(app, asked, monkeypatch, name, page, reviewing):
    app.session_state[state.REVIEWED.key] = keep_selection(asked, np.arange(7), "on the map")
    events = iter([ReviewEvents(None, name, None, 1)])
    monkeypatch.setattr(
        "dashboard.views.label_review.component.review_component",
        lambda *arguments, **more: next(events, ReviewEvents(None, None, None, 0)),
    )
    turn_to(app.run(), "label_review")
    assert page in shown(app)
    kept = app.session_state[state.REVIEWED.key]
    if name != "export":
        assert (kept and "a selection") == reviewing


def test_a_message_of_the_core_speaks_of_the_open_page():
    text = for_browser(f"margin: Study 'x' has no labels. {WHERE_TO_GET[Need.LABELS]}")
    assert text == (
        "Study 'x' has no labels. Name the label column on the Open page, or sort the files into one folder a class."
    )


def test_the_reviewer_has_a_name(app, asked):
    app.run()
    app.text_input[1].set_value(" bo ").run()
    assert app.session_state[state.REVIEWER.key] == "bo"


def test_without_a_study_there_is_the_open_page(app):
    app.run()
    assert "Open a data set" in shown(app)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (None, "Choose a folder or a file, or type its path."),
        ("/etc/passwd", "'/etc/passwd' lies outside the folders that may be opened"),
        ("../../etc", "'../../etc' lies outside the folders that may be opened"),
    ],
)
def test_a_path_outside_is_refused_in_words(app, asked, studies, path, words, monkeypatch):
    # AppTest cannot type what the box does not offer, as a browser can.
    monkeypatch.setattr("dashboard.views.open_source.sources.sources_below", lambda roots: ["/etc/passwd", "../../etc"])
    turn_to(app.run(), "open_source")
    before = studies.requests
    app.selectbox[0].set_value(path)
    next(button for button in app.button if button.label == "Open").click().run()
    (error,) = app.error
    assert error.value.startswith(words)
    assert not app.exception
    assert studies.requests == before


def test_a_study_on_its_way_shows_how_far_it_is(app, studies, write_source, tmp_path, monkeypatch):
    class Waiting:
        status = JobStatus("running", 0.25, "Reading pictures")
        stopped = False

        def __init__(self, *arguments):
            pass

        def stop(self):
            Waiting.status = JobStatus("stopped", 0.25, "Stopped. What was finished is kept.")

    monkeypatch.setattr("dashboard.study.registry.Job", Waiting)
    studies.open(OpenRequest(write_source(tmp_path / "data" / "new")))
    app.run()
    assert "The queue opens" in shown(app)
    next(button for button in app.button if button.label == "Stop").click().run()
    app.run()
    assert "Stopped. What was finished is kept." in shown(app)
    assert {"Try again", "Open something else"} <= {button.label for button in app.button}


def test_a_study_that_fails_says_its_sentence(app, studies, write_source, tmp_path, monkeypatch):
    class Failed:
        status = JobStatus("failed", 0.25, "margin: The disk is full.")

        def __init__(self, *arguments):
            pass

        def stop(self):
            pass

    monkeypatch.setattr("dashboard.study.registry.Job", Failed)
    studies.open(OpenRequest(write_source(tmp_path / "data" / "new")))
    app.run()
    assert [error.value for error in app.error] == ["The disk is full."]


def test_a_map_on_its_way_can_be_waited_for(app, studies, write_source, tmp_path, monkeypatch, open_it):
    class Waiting:
        status = JobStatus("running", 0.8, "Laying out the map")

        def __init__(self, *arguments):
            pass

        def stop(self):
            pass

    monkeypatch.setattr("dashboard.study.registry.Job", Waiting)
    path = write_source(tmp_path / "data" / "new")
    open_it(path, may_compute=True)
    studies.open(OpenRequest(path))
    turn_to(app.run(), "map")
    assert "Suspect labels can be reviewed meanwhile." in shown(app)
