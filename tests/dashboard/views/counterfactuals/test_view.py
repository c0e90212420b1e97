"""The page of counterfactuals, from an empty session, without a browser."""

import base64

import numpy as np
import pytest
from app_pages import FAILED, RUNNING, button_labels, press, turn_to
from payloads import differences

from dashboard.shared.wording import STOP
from dashboard.study.payloads import SampleReference
from dashboard.study.registry import OpenRequest
from dashboard.views.counterfactuals import COUNTERFACTUALS, wording
from dashboard.views.counterfactuals.data import (
    counterfactual_of,
    default_recipe,
    is_surrogate_trained,
    nearest_of_other_classes,
    surrogate_of,
)
from dashboard.views.counterfactuals.payload import COLUMNS_SHOWN, Counterfactual, counterfactual_payload
from dashboard.views.map.data import available_channels
from margin_core import Study
from margin_core.cli import main
from margin_core.tasks.invertible import (
    Surrogate,
    compute_counterfactual_path,
    default_surrogate,
    fit_surrogate,
    training,
)
from margin_core.tasks.invertible.training import train as train_fully
from margin_core.values.number_table import NumberTable

pytestmark = pytest.mark.slow  # Whole pages: half a second each.


@pytest.fixture(autouse=True)
def _few_steps(monkeypatch):
    """Train for a few steps only: the trained weights do not matter here."""
    monkeypatch.setattr(training, "train", lambda *given, **more: train_fully(*given, **(more | {"steps": 5})))


@pytest.fixture
def train(source):
    """Train by the command line, as a job does."""
    return lambda *flags: main(["surrogate", str(source), *flags])


def test_it_is_trained_followed_and_walked(app, asked, train, started, job_is):
    text = turn_to(app, COUNTERFACTUALS)
    assert wording.NOT_TRAINED in text and wording.STEPS in text
    press(app, wording.TRAIN)
    assert started[0] == ("surrogate", "--space", "inputs", "--learn-from", "labels")

    job_is(RUNNING)
    turn_to(app, COUNTERFACTUALS)
    assert wording.TRAIN not in button_labels(app) and STOP in button_labels(app)

    job_is(FAILED)
    turn_to(app, COUNTERFACTUALS)
    assert [error.value for error in app.error] == ["out of luck."]

    job_is(None)
    assert "margin" not in available_channels(asked)
    assert train() == 0
    turn_to(app, COUNTERFACTUALS)
    assert wording.TRAIN not in button_labels(app)
    codes, margins = (
        available_channels(asked)["margin"].values(asked),
        surrogate_of(asked, default_surrogate(asked.study)).margins,
    )
    assert "margin" in available_channels(asked) and codes.max() <= 250
    assert (codes[margins > 0] <= 125).all() and (codes[margins < 0] >= 125).all()
    assert is_surrogate_trained(asked, default_surrogate(asked.study))


def test_pictures_that_are_too_large_leave_their_features(app, studies, write_source, tmp_path):
    large = np.zeros((90, 40, 40), np.uint8)
    path = write_source(tmp_path / "data", inputs=large)
    assert main(["prepare", str(path)]) == 0
    opened = studies.opened(studies.open(OpenRequest(path)))
    assert default_recipe(opened).of == "embedding"
    text = turn_to(app, COUNTERFACTUALS)
    assert wording.NOT_TRAINED in text and wording.THROUGH_FEATURES in text and "40 x 40" not in text
    assert wording.STEPS_OF_FEATURES in text and wording.STEPS not in text
    assert wording.OTHER_CLASSES in text  # of use at once


def test_what_a_sample_could_be_taken_for_is_the_nearest_of_each_class(asked):
    study = asked.study
    others = nearest_of_other_classes(asked, 3)
    assert set(study.labels[others]) == {0, 1, 2} - {study.labels[3]}
    apart = np.linalg.norm(study.embedding - study.embedding[3], axis=1)
    assert apart[others[0]] <= apart[others[1]]
    for row in others:
        assert apart[row] == apart[study.labels == study.labels[row]].min()


def test_a_path_through_features_is_shown_by_the_samples_near_it(get, train, asked, monkeypatch):
    assert train("--space", "embedding") == 0
    counterfactual = get("counterfactual/3?space=embedding").json()
    assert differences(counterfactual, Counterfactual) == []
    assert "columns" not in counterfactual and "picture" not in counterfactual
    nearest = counterfactual["nearest"]
    labels = asked.study.labels
    for name in ("start", "end"):
        assert len(nearest[name]) == len(counterfactual["times"])
        shown = np.array(nearest[name])
        assert shown.shape[1] == 4 and (labels[shown] == counterfactual[name]).all() and 3 not in shown
    assert {one["row"] for one in nearest["samples"]} == set(np.ravel([nearest["start"], nearest["end"]]).tolist())


def test_a_walk_is_sent_whole(get, train, asked):
    assert get("counterfactual/3").status_code == 422
    assert train() == 0
    answer = get("counterfactual/3")
    assert answer.status_code == 200
    counterfactual = answer.json()
    assert differences(counterfactual, Counterfactual) == []
    found = counterfactual_of(asked, default_surrogate(asked.study), 3, None)
    assert (counterfactual["start"], counterfactual["end"]) == (found.start, found.end)
    assert counterfactual["id"] == "sample 03"
    picture = counterfactual["picture"]
    frames = np.frombuffer(base64.b64decode(picture["frames"]), np.uint8).reshape(61, 8, 8)
    assert (frames[0] == asked.study.inputs[3]).all()
    change = np.frombuffer(base64.b64decode(picture["heatmaps"]["difference"]["values"]), np.int8).reshape(8, 8)
    wanted = found.difference[0] / np.abs(found.difference).max()
    assert change / 127 == pytest.approx(wanted, abs=0.01)
    assert np.array(counterfactual["probabilities"]).shape == (61, 3) and counterfactual["times"][40] == 1
    other = ({0, 1, 2} - {found.start, found.end}).pop()
    again = get(f"counterfactual/3?pair={other},{found.start}").json()
    assert {again["start"], again["end"]} == {other, found.start}


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("counterfactual/90", 404, "There is no such row."),
        ("counterfactual/x", 404, "There is no such row."),
        ("counterfactual/1?pair=1", 400, "pair must be the numbers of two classes, separated by a comma."),
        ("counterfactual/1?pair=1,7", 400, "pair must be the numbers of two classes, separated by a comma."),
        (
            "counterfactual/1?pair=1,1",
            422,
            "A boundary lies between two classes; got 'dog' twice. Choose another class.",
        ),
        ("counterfactual/1?space=dreams", 422, "Surrogate.of must be one of inputs, embedding; got 'dreams'."),
    ],
)
def test_a_malformed_request_is_refused_in_a_sentence(get, train, path, status, words):
    assert train() == 0
    answer = get(path)
    assert (answer.status_code, answer.text) == (status, words)


def test_columns_are_sent_in_their_own_units_largest_change_first():
    rng = np.random.default_rng(0)
    labels = np.arange(60) % 2
    values = (rng.normal(size=(60, 15)) + 3 * labels[:, None] * (np.arange(15) == 4)) * 10 + 200
    table = NumberTable(values.astype(np.float32), tuple(f"column {number}" for number in range(15)))
    study = Study.build(name="table", inputs=table, labels=labels)
    trained = fit_surrogate(study, Surrogate(width=8))
    sample = SampleReference(row=0, id="0", excerpt="")
    counterfactual = counterfactual_payload(sample, trained, compute_counterfactual_path(study, trained, 0), table)
    columns = counterfactual["columns"]
    assert differences(counterfactual, Counterfactual) == []
    assert columns["total"] == 15 and len(columns["names"]) == COLUMNS_SHOWN
    first = int(columns["names"][0].split()[1])
    assert float(columns["frames"][0][0]) == pytest.approx(values[0, first], rel=1e-3)
    assert not any(columns["outside"][0])
    sizes = np.abs(columns["heatmaps"]["difference"])
    assert (np.diff(sizes) <= 0).all()


def test_categories_and_dates_are_sent_as_the_table_has_them():
    rng = np.random.default_rng(0)
    city = rng.integers(0, 3, 80)
    days = 19_000 + rng.integers(0, 300, 80)
    values = np.column_stack([np.eye(3)[city], days, rng.normal(size=80)]).astype(np.float32)
    names = ("city=Ulm", "city=Rome", "city=Oslo", "since", "price")
    table = NumberTable(values, names, None, ("city", "city", "city", "since", "price"), frozenset({"since"}))
    study = Study.build(name="table", inputs=table, labels=(city == 1).astype(int))
    trained = fit_surrogate(study, Surrogate(width=8))
    sample = SampleReference(row=0, id="0", excerpt="")
    path = compute_counterfactual_path(study, trained, 0)
    columns = counterfactual_payload(sample, trained, path, table)["columns"]
    assert columns["total"] == 3
    assert sorted(columns["names"]) == ["city", "price", "since"]
    first = dict(zip(columns["names"], columns["frames"][0], strict=True))
    assert first["city"] == ("Ulm", "Rome", "Oslo")[city[0]]
    assert first["since"] == str(np.datetime64(int(days[0]), "D"))
    assert {frame[columns["names"].index("city")] for frame in columns["frames"]} <= {"Ulm", "Rome", "Oslo"}
    assert sum(columns["heatmaps"]["integrated"]) == pytest.approx(float(path.integrated.sum()), rel=1e-2)
    assert not any(frame[columns["names"].index("city")] for frame in columns["outside"])
    features = counterfactual_payload(sample, trained, path)["columns"]
    assert features["total"] == 5  # without the table each number is one


def test_a_zero_is_sent_as_one_whatever_scaling_and_back_leaves_of_it():
    rng = np.random.default_rng(0)
    values = np.column_stack([rng.integers(0, 3, 200), rng.normal(size=200)]).astype(np.float32)
    table = NumberTable(values, ("parents", "fare"))
    study = Study.build(name="table", inputs=table, labels=(values[:, 1] > 0).astype(int))
    trained = fit_surrogate(study, Surrogate(width=8))
    for row in np.flatnonzero(values[:, 0] == 0)[:8].tolist():
        path = compute_counterfactual_path(study, trained, row)
        columns = counterfactual_payload(SampleReference(row=row, id=str(row), excerpt=""), trained, path, table)[
            "columns"
        ]
        assert columns["frames"][0][columns["names"].index("parents")] == "0"


def test_the_command_says_how_good_it_is(train, tmp_path, capsys):
    assert train("--out", str(tmp_path / "network.safetensors")) == 0
    text = capsys.readouterr().out
    assert "Trained on 72 samples: gray pictures of 8 x 8 pixels." in text
    assert "This study has no predictions of a model to compare it with." in text
    assert (tmp_path / "network.safetensors").stat().st_size > 1000
    assert train("--learn-from", "model") == 2
    assert "has no probabilities" in capsys.readouterr().err
