"""The page of the decision boundary, from an empty session, without a browser."""

import json

import numpy as np
import pytest
from app_pages import RUNNING, button_labels, turn_to
from payloads import differences

from dashboard.shared import state
from dashboard.shared.channels import NO_VALUE
from dashboard.shared.wording import STOP
from dashboard.study.registry import OpenRequest
from dashboard.views.decision_boundary import DECISION_BOUNDARY, wording
from dashboard.views.decision_boundary.data import (
    MAX_SAMPLES,
    RANKINGS,
    Boundary,
    ClassContacts,
    PairSamples,
    boundary_of,
    pair_payload,
    pairs_payload,
)
from dashboard.views.decision_boundary.slice import SLICED, default_corners, pins_of, slice_of, with_corner
from dashboard.views.map.data import available_channels
from margin_core.cli import main
from margin_core.figures.boundary_slice import slice_picture
from margin_core.figures.palette import N_SHADES

TASK = "decision_boundary"


@pytest.fixture
def ask_for(source):
    """Compute by the command line, as a job does."""
    return lambda *flags: main(["prepare", str(source), "--task", TASK, *flags])


@pytest.fixture
def answered(asked, ask_for) -> Boundary:
    assert ask_for() == 0
    return boundary_of(asked, "boundary")


@pytest.mark.slow
def test_it_is_asked_followed_and_shown_with_what_it_rests_on(app, asked, ask_for, started, job_is):
    job_is(RUNNING, after=started)
    turn_to(app, DECISION_BOUNDARY)
    assert started[0] == ("prepare", "--task", TASK)
    assert STOP in button_labels(app)
    assert "boundary" not in available_channels(asked)
    assert ask_for() == 0
    text = turn_to(app, DECISION_BOUNDARY)
    assert wording.order_caption(RANKINGS["boundary"], asked.study) in text
    found = boundary_of(asked, "boundary")
    drawn = slice_of(asked, default_corners(asked.study, found, found.pairs[0]), "embedding")
    assert wording.slice_caption(drawn, asked.study) in text
    assert STOP not in button_labels(app)


@pytest.mark.slow
def test_a_slice_goes_through_what_was_picked_and_back(app, asked, answered):
    turn_to(app, DECISION_BOUNDARY)
    usual = default_corners(asked.study, answered, answered.pairs[0])
    other = next(row for row in range(90) if row not in usual)
    app.session_state[state.PICKED.key] = other
    app.run()
    app.button(key="corner_1").click().run()
    assert not app.exception
    assert app.session_state[SLICED.key] == (answered.pairs[0], with_corner(usual, 1, other))
    app.button(key="usual").click().run()
    assert app.session_state[SLICED.key] is None


@pytest.mark.slow
def test_three_samples_on_a_line_are_reported(app, asked, answered):
    turn_to(app, DECISION_BOUNDARY)
    app.session_state[SLICED.key] = (answered.pairs[0], (3, 3, 4))
    app.run()
    assert [info.value for info in app.info] == [
        "These three samples lie on one line, so no plane goes through them. Choose another one."
    ]


def test_pairs_that_touch_most_come_first(answered):
    payload = pairs_payload(answered)
    contacts = [one["contact"] for one in payload["pairs"]]
    assert contacts == sorted(contacts, reverse=True)
    assert payload["classes"] == [0, 1, 2] and payload["total"] == len(payload["pairs"]) <= 3
    assert sum(one["count"] for one in payload["pairs"]) == 90
    assert sum(one["wrong"] for one in payload["pairs"]) == answered.wrong.sum() == 5
    json.dumps(payload)


def test_a_strip_holds_the_samples_between_two_classes_by_class_margin(asked, answered):
    pair = answered.pairs[0]
    film = pair_payload(asked, answered, pair)
    rows = [sample["row"] for sample in film["samples"]]
    assert rows == answered.between(pair, MAX_SAMPLES).tolist() and film["total"] == len(answered.between(pair))
    assert [sample["score"] for sample in film["samples"]] == sorted(
        (sample["score"] for sample in film["samples"]), reverse=True
    )
    for sample in film["samples"]:
        top = np.sort(np.argsort(-answered.probabilities[sample["row"]])[:2])
        assert tuple(top) == pair
        assert sample["margin"] == pytest.approx(sample["probabilities"][0] - sample["probabilities"][1], abs=2e-4)
        assert sample["wrong"] == (sample["given"] not in (-1, sample["predicted"]))


def test_a_misclassified_sample_lies_between_its_label_and_its_prediction(asked, ask_for):
    assert ask_for("--set", "view=errors") == 0
    found = boundary_of(asked, "errors")
    wrong = np.flatnonzero(found.wrong)
    for row in wrong.tolist():
        pair = tuple(sorted((int(asked.study.labels[row]), int(found.predicted[row]))))
        assert row in found.between(pair)[:3]
    assert set(found.answer.rows[:5]) == set(wrong)


def test_the_default_slice_goes_through_a_confident_sample_of_each_and_the_smallest_margin(asked, answered):
    pair = answered.pairs[0]
    left, right, top = default_corners(asked.study, answered, pair)
    lead = answered.lead(pair, np.array([left, top, right]))
    assert lead[0] > lead[1] > lead[2]
    assert (answered.predicted[left], answered.predicted[right]) == pair
    assert top == answered.between(pair)[0]


@pytest.mark.slow
def test_a_slice_is_drawn_with_its_samples_and_a_readable_hover(asked, answered):
    pair = answered.pairs[0]
    corners = default_corners(asked.study, answered, pair)
    found = slice_of(asked, corners, "embedding")
    figure = slice_picture(found, pair, asked.study.class_names, pins_of(asked, found))
    names = [asked.study.class_names[one] for one in pair]
    assert (
        figure.layout.xaxis.title.text
        == f"from #{asked.study.ids[corners[0]]} (0) to #{asked.study.ids[corners[1]]} (1)"
    )
    assert all(name in figure.data[0].hovertemplate for name in names)
    assert len(figure.layout.images) == 3
    assert all(image.source.startswith("data:image/png;base64,") for image in figure.layout.images)
    pins = figure.data[-1]
    assert [text.removeprefix("#") for text in pins.text] == asked.study.ids[list(corners)].tolist()
    assert figure.data[1].type == "contour"
    written = figure.layout.annotations
    assert {f"#{asked.study.ids[row]}" for row in corners} <= {note.text for note in written}
    assert all(note.bgcolor for note in written)  # The slice is deep blue in places.


def test_the_map_has_a_layer_of_it(asked, answered):
    codes = available_channels(asked)["boundary"].values(asked)
    most = answered.answer.rows[0]
    assert codes[most] == codes[codes != NO_VALUE].max() <= N_SHADES - 1
    assert codes[answered.answer.rows[-1]] == codes.min()


def test_the_route_sends_pairs_and_films(get, ask_for):
    for view in ("boundary", "errors", "other"):
        answer = get(f"boundary/{view}")
        assert (answer.status_code, answer.text) == (404, "This boundary is not computed yet.")
    assert ask_for() == 0
    contacts, samples = (get(f"boundary/boundary{query}").json() for query in ("", "?pair=0,1"))
    assert len(contacts["pairs"]) > 0 and samples["pair"] == [0, 1]
    assert differences(contacts, ClassContacts) == differences(samples, PairSamples) == []
    for pair in ("1,0", "0", "0,3", "a,b", ""):
        answer = get(f"boundary/boundary?pair={pair}")
        assert answer.status_code == 400 and answer.text.startswith("pair must be the numbers of two classes")


@pytest.mark.slow
def test_a_model_that_predicts_one_class_only_is_noted_on_the_page(app, studies, write_source, tmp_path):
    p = np.column_stack([np.linspace(0.7, 0.9, 90), np.linspace(0.2, 0.05, 90), np.linspace(0.1, 0.05, 90)])
    path = write_source(tmp_path / "data", probabilities=p)
    assert main(["prepare", str(path), "--task", TASK]) == 0
    opened = studies.opened(studies.open(OpenRequest(path)))
    text = turn_to(app, DECISION_BOUNDARY)
    assert "The model predicts cat for every sample, so there is no boundary between two classes." in text
    assert wording.NO_SLICE in text
    found, wrong = boundary_of(opened, "boundary"), int((opened.study.labels != 0).sum())
    assert pairs_payload(found)["pairs"] == [{"pair": (0, 1), "contact": 0.0, "count": 90, "wrong": wrong}]


@pytest.mark.slow
def test_one_class_and_a_class_of_one_sample_are_noted_on_the_page(app, studies, write_source, tmp_path):
    path = write_source(tmp_path / "one", labels=np.zeros(90, dtype=int), class_names=np.array(["cat"]))
    assert main(["prepare", str(path), "--task", TASK]) == 0
    studies.open(OpenRequest(path))
    assert "There is one class only, cat, so there is no boundary between two." in turn_to(app, DECISION_BOUNDARY)
    labels = np.repeat([0, 1, 2], [45, 44, 1])
    path = write_source(tmp_path / "rare", labels=labels)
    assert main(["prepare", str(path), "--task", TASK]) == 0
    app.session_state[state.REQUEST.key] = studies.open(OpenRequest(path))
    app.query_params["study"] = app.session_state[state.REQUEST.key]
    text = turn_to(app, DECISION_BOUNDARY)
    assert "One sample only: *owl*. Do not trust a boundary of it." in text
