"""The overview from an empty session, without a browser: what it counts, and where the counts lead."""

import sys

import numpy as np
import pytest
from app_pages import button_labels, read_page, turn_to
from reviewing import decide

from dashboard.shared import state
from dashboard.shared.review.component import ReviewEvents
from dashboard.study.registry import OpenRequest
from dashboard.study.selections import selection_of
from dashboard.views.map import wording as map_wording
from dashboard.views.overview import OVERVIEW, wording
from margin_core.cli import main

pytestmark = pytest.mark.slow  # Whole pages: half a second each.

TILES = (wording.SAMPLES, wording.SUSPECTS, wording.DECIDED, wording.WITHOUT_CONFLICT)


def test_it_says_how_many(app, asked):
    app.run()
    values = dict(zip(TILES, ("90", "5", "0", "94.4%"), strict=True))
    assert {tile.label: tile.value for tile in app.metric} == values
    assert wording.review_button(5) in button_labels(app)


def test_counts_follow_the_review(app, asked, planted):
    first, second, third = planted.flipped[:3].tolist()
    decide(asked, first, "relabel", int(planted.truth[first]))
    decide(asked, second, "keep")
    decide(asked, third, "skip")
    app.run()
    tiles = {tile.label: tile for tile in app.metric}
    assert tiles[wording.DECIDED].value == "2"
    assert tiles[wording.DECIDED].help == wording.decided_help(1, 1, 0, 1)
    left = int(np.count_nonzero(asked.session.open_suspects))
    assert wording.review_button(left) in button_labels(app)


@pytest.mark.parametrize(("tile", "count"), [*zip(TILES, (90, 5, 1, 85), strict=True)])
def test_a_tile_lists_as_many_samples_as_it_counts(app, asked, planted, tile, count):
    decide(asked, int(planted.flipped[0]), "keep")
    app.run()
    app.button(key=f"list {tile}").click().run()
    assert map_wording.selected(count, tile.lower()) in read_page(app)


def test_a_pair_of_classes_lists_what_it_counts(app, asked):
    app.run()
    pair = asked.audited.overview.confusions[0]
    app.button(key=f"count {pair.given} {pair.suggested}").click().run()
    names = asked.study.class_names
    words = wording.labeled_as(names[pair.given], names[pair.suggested])
    assert map_wording.selected(pair.count, words) in read_page(app)


def test_the_name_of_a_class_is_shown_as_it_is(app, asked):
    app.run()
    assert r"\*owl\*" in " ".join(button_labels(app))


def test_groups_without_a_sample_are_one_line_and_the_others_lead_to_theirs(app, studies, write_source, tmp_path):
    """The planted study again, with ten labels taken away and a sample that stands there twice."""
    labels, embedding = np.arange(90) % 3, np.random.default_rng(0).normal(size=(90, 4))
    embedding[:, :3] += 8 * np.eye(3)[labels]
    labels[:10], embedding[89] = -1, embedding[86]
    path = write_source(tmp_path / "data" / "gaps", labels=labels, embedding=embedding)
    assert main(["prepare", str(path)]) == 0
    opened = studies.opened(studies.open(OpenRequest(path)))
    groups = opened.audited.overview.groups
    assert (len(groups["unlabelled"]), len(groups["exact_duplicates"])) == (10, 2)
    text = turn_to(app, OVERVIEW)
    absent = [title.lower() for name, (title, _) in wording.GROUPS.items() if not len(groups[name])]
    assert absent and wording.none_of(absent) in text
    app.button(key="count unlabelled").click().run()
    title = wording.GROUPS["unlabelled"][0].lower()
    assert map_wording.selected(10, title) in read_page(app)
    kept = selection_of(opened, app.session_state[state.SELECTION.key])
    np.testing.assert_array_equal(np.sort(kept.rows), np.arange(10))


@pytest.fixture
def reviewed_at(monkeypatch):
    """List the rows at which the review is opened, in place of showing it."""
    rows = []

    def note(*given, at, **more):
        rows.append(at)
        return ReviewEvents(None, None, None, 0)

    monkeypatch.setattr("dashboard.shared.review.component.review_component", note)
    return rows


def test_a_picture_of_a_likely_error_opens_the_review_at_itself(app, asked, reviewed_at):
    app.run()
    third = int(asked.session.upcoming(5)[2])
    app.session_state[state.Remembered("chosen_error", None).key] = third
    app.run()
    assert reviewed_at == [third]


def test_without_pictures_the_likeliest_errors_are_lines_that_open_the_review(
    app, studies, write_source, tmp_path, reviewed_at
):
    numbers = np.random.default_rng(0).normal(size=(90, 2))
    path = write_source(tmp_path / "data" / "numbers", inputs=numbers)
    assert main(["prepare", str(path)]) == 0
    opened = studies.opened(studies.open(OpenRequest(path)))
    turn_to(app, OVERVIEW)
    rows = opened.session.upcoming(10).tolist()
    lines = [button for button in app.button if str(button.key).startswith("likeliest ")]
    assert [line.key for line in lines] == [f"likeliest {row}" for row in rows]
    given, suggested = (
        opened.study.class_names[labels[rows[1]]] for labels in (opened.study.labels, opened.session.suggested)
    )
    assert f"{given} → {suggested}" in lines[1].label.replace("\\", "")
    lines[1].click().run()
    assert reviewed_at == [rows[1]]


def test_a_rerun_gathers_no_rows_and_draws_nothing_again(app, asked, monkeypatch):
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
    assert read_page(app) and calls == []
