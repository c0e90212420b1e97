"""Every sort of sample and model gets the maps that work, with their numbers, and keeps them."""

import io
import json

import networks
import numpy as np
import pytest
from rules import Sum

from margin_core import Study
from margin_core.errors import Cancelled, MissingPart, ModelError, NotComputed, ParameterError
from margin_core.storage.engine import Run
from margin_core.storage.workspace import Workspace
from margin_core.study import Opened
from margin_core.study.inputs.texts import TextList
from margin_core.tasks.saliency.fragility import attack, perturb
from margin_core.tasks.saliency.methods.available import ALL_METHODS, MARGIN, methods_for, sample_kind
from margin_core.tasks.saliency.worker.request import METRICS, SaliencyRequest, step_key
from margin_core.tasks.saliency.worker.saliency_runner import SaliencyRunner
from margin_core.tasks.saliency.worker.saliency_server import SaliencyServer
from margin_core.tasks.saliency.worker.stored_arrays import PREDICTED
from margin_core.values.number_table import NumberTable


def silent(fraction, text):
    pass


class Bright:
    """Predicts one class where the upper left corner is bright, the other where it is dark; any pictures."""

    fingerprint = "bright"
    description = "a rule about one corner"
    classes = 2

    def __init__(self):
        self.asked = 0

    def probabilities(self, inputs):
        self.asked += len(inputs)
        corner = np.asarray(inputs, dtype=np.float64)[:, :4, :4].mean(axis=(1, 2)) / 255
        return np.stack([1 - corner, corner], axis=1)


@pytest.fixture
def workspace(tmp_path):
    return Workspace.at(tmp_path / "w.margin")


@pytest.fixture
def corner(workspace):
    pictures = np.zeros((3, 16, 16), np.uint8)
    pictures[:, :4, :4] = 250
    return SaliencyRunner(Study.build(inputs=pictures, model=Bright(), labels=[0, 1, 1]), Run(workspace))


@pytest.mark.slow
def test_a_draft_that_is_stored_is_there_before_the_model_is_asked(corner, workspace):
    def stop():
        raise Cancelled("Stopped.")

    request = SaliencyRequest("heatmap", 0, MARGIN.name)
    with pytest.raises(Cancelled):
        corner.compute(request, silent, stop)
    model, asked = Bright(), []
    again = SaliencyRunner(corner.study.replace(model=model), Run(workspace))
    again.compute(request, silent, lambda: asked.append(model.asked))
    assert asked == [0] and model.asked > 0


@pytest.mark.slow
def test_a_black_box_is_understood_and_measured(corner):
    request = SaliencyRequest("metrics", 0, MARGIN.name)
    assert corner.compute(request, silent) == 1
    done = SaliencyRequest("metrics", 0, MARGIN.name, 1)
    heatmap = np.asarray(corner.load(SaliencyRequest("heatmap", 0, MARGIN.name, 1))["heatmap"], np.float32)
    assert heatmap.shape == (16, 16)
    assert heatmap[:4, :4].sum() > 0.6 * heatmap.sum()
    metrics = dict(zip(METRICS, corner.load(done)["metrics"].tolist(), strict=True))
    assert metrics["deletion"] < metrics["insertion"]
    assert -0.5 <= metrics["road"] <= 0.5
    assert 0 <= metrics["top_k"] <= 1


@pytest.mark.slow
def test_nothing_is_worked_out_twice(corner):
    corner.compute(SaliencyRequest("metrics", 0, MARGIN.name), silent)
    asked = corner.study.model.asked
    corner.compute(SaliencyRequest("metrics", 0, MARGIN.name, 1), silent)
    corner.compute(SaliencyRequest("heatmap", 0, MARGIN.name), silent)
    assert corner.study.model.asked == asked
    again = SaliencyRunner(corner.study, corner.run)
    again.compute(SaliencyRequest("metrics", 0, MARGIN.name), silent)
    assert corner.study.model.asked == asked


def test_a_label_changes_no_map_and_another_model_does(corner):
    request = SaliencyRequest("heatmap", 0, MARGIN.name, 1)
    relabeled = corner.study.with_labels([1, 1, 1])
    assert step_key(relabeled, request) == step_key(corner.study, request)
    other = Bright()
    other.fingerprint = "other"
    assert step_key(Study.build(inputs=corner.study.inputs, model=other), request) != step_key(corner.study, request)


def test_parts_say_what_hiding_each_alone_does(corner):
    corner.compute(SaliencyRequest("parts", 0), silent)
    found = corner.load(SaliencyRequest("parts", 0))
    layout, drops = found["layout"], found["drops"]
    assert layout.shape == (16, 16)
    assert drops.shape == (int(layout.max()) + 1, 2)
    np.testing.assert_allclose(drops.sum(axis=1), 0, atol=1e-6)
    inside = np.unique(layout[:4, :4])
    outside = np.setdiff1d(np.unique(layout), inside)
    assert drops[inside, 1].max() > 0.1
    assert np.abs(drops[outside]).max() < 1e-6


def test_a_draft_is_computed_without_the_map(corner):
    corner.compute(SaliencyRequest("draft", 0, MARGIN.name), silent)
    assert corner.load(SaliencyRequest("draft", 0, MARGIN.name, 1))["heatmap"].shape == (16, 16)
    with pytest.raises(NotComputed):
        corner.load(SaliencyRequest("heatmap", 0, MARGIN.name, 1))
    with pytest.raises(ParameterError, match=r"^Occlusion has no draft\. Request its heatmap\.$"):
        corner.compute(SaliencyRequest("draft", 0, "occlusion"), silent)


def test_a_draft_comes_before_the_map(corner):
    events = []
    corner.compute(SaliencyRequest("heatmap", 0, MARGIN.name), silent, lambda: events.append("draft"))
    assert events == ["draft"]
    assert corner.load(SaliencyRequest("draft", 0, MARGIN.name, 1))["heatmap"].shape == (16, 16)


def test_random_signs_move_a_black_box_too(corner):
    corner.compute(SaliencyRequest("attack", 0, "occlusion", 1, "random", 4), silent)
    found = corner.load(SaliencyRequest("attack", 0, "occlusion", 1, "random", 4))
    moved = found["after"].astype(int) - found["before"]
    assert bool(found["survived"])
    assert 0 < np.abs(moved).max() <= 4
    with pytest.raises(ModelError, match="needs the gradients of a torch network"):
        corner.compute(SaliencyRequest("attack", 0, "grad_cam", 1, "top_k", 4), silent)


@pytest.mark.slow
def test_a_network_is_looked_into_and_attacked(workspace):
    pictures = np.stack([networks.picture()] * 2)
    runner = SaliencyRunner(Study.build(inputs=pictures, model=networks.model("shared")), Run(workspace))
    target = runner.compute(SaliencyRequest("metrics", 1, "grad_cam"), silent)
    assert runner.load(SaliencyRequest("heatmap", 1, "grad_cam", target))["heatmap"].shape == pictures.shape[1:3]
    runner.compute(SaliencyRequest("attack", 1, "gradient", target, "top_k", 4), silent)
    found = runner.load(SaliencyRequest("attack", 1, "gradient", target, "top_k", 4))
    if found["survived"]:
        assert np.abs(found["after"].astype(int) - found["before"]).max() <= 4


@pytest.mark.slow
def test_an_attack_goes_on_from_what_it_found_with_less_strength(workspace, monkeypatch):
    set_out_from = {}

    def watched(kind, method, model, picture, eps, *rest, known, **options):
        set_out_from[eps] = [one.tolist() for one in known]
        return perturb(kind, method, model, picture, eps, *rest, known=known, **options)

    monkeypatch.setattr(attack, "perturb", watched)
    pictures = np.stack([networks.picture()] * 2)
    runner = SaliencyRunner(Study.build(inputs=pictures, model=networks.model("shared")), Run(workspace))
    shares = []
    runner.compute(SaliencyRequest("attack", 1, "gradient", 0, "top_k", 4), lambda share, text: shares.append(share))
    assert shares == sorted(shares)
    found = [runner.load(SaliencyRequest("attack", 1, "gradient", 0, "top_k", eps)) for eps in (1, 2, 4)]
    assert list(set_out_from.values()) == [[], [found[0]["after"].tolist()], [found[1]["after"].tolist()]]
    kept = [float(one["change"][0]) for one in found]
    assert kept == sorted(kept, reverse=True)


@pytest.fixture
def taught(workspace):
    pictures = np.random.default_rng(3).integers(0, 256, (12, 32, 32, 3), dtype=np.uint8)
    model = networks.model("shared")
    return SaliencyRunner(
        Study.build(inputs=pictures, model=model, embedding=model.embed(pictures), labels=np.arange(12) % 2),
        Run(workspace),
    )


@pytest.mark.parametrize("change", ["random", "attack"])
def test_the_samples_that_hold_an_answer_up_are_found_before_and_after(taught, change):
    request = SaliencyRequest("examples", 3, attack=change, eps=4)
    assert taught.compute(request, silent) == -1
    found = taught.load(request)
    assert bool(found["survived"])
    assert found["before"].shape == found["after"].shape == (5,)
    assert int(found[PREDICTED]) in (0, 1)
    relabeled = taught.study.with_labels(1 - taught.study.labels)
    assert step_key(relabeled, request) != step_key(taught.study, request)


def test_examples_need_labels(corner):
    bare = Study.build(inputs=corner.study.inputs, model=Bright(), embedding=np.eye(3))
    with pytest.raises(MissingPart, match="has no labels"):
        SaliencyRunner(bare, corner.run).compute(SaliencyRequest("examples", 0, attack="random", eps=4), silent)


def test_a_row_has_a_bar_for_each_column(workspace):
    values = np.random.default_rng(0).normal(size=(40, 5)).astype(np.float32)
    values[7, 2] = 3
    table = NumberTable(values, tuple("abcde"))
    runner = SaliencyRunner(Study.build(inputs=table, model=Sum()), Run(workspace))
    runner.compute(SaliencyRequest("metrics", 7, MARGIN.name), silent)
    heatmap = runner.load(SaliencyRequest("heatmap", 7, MARGIN.name, 1))["heatmap"]
    assert heatmap.shape == (5,)
    assert int(heatmap.argmax()) == 2
    metrics = dict(
        zip(METRICS, runner.load(SaliencyRequest("metrics", 7, MARGIN.name, 1))["metrics"].tolist(), strict=True)
    )
    assert metrics["deletion"] < metrics["insertion"]
    assert np.isnan(metrics["road"])
    assert np.isnan(metrics["top_k"])
    with pytest.raises(ModelError, match="Occlusion is made for pictures"):
        runner.compute(SaliencyRequest("heatmap", 7, "occlusion"), silent)
    with pytest.raises(ModelError, match="Only pictures can be changed so little"):
        runner.compute(SaliencyRequest("attack", 7, MARGIN.name, 1, "random", 4), silent)


def test_a_row_that_lacks_a_value_is_refused_in_a_sentence(workspace):
    values = np.ones((3, 3), dtype=np.float32)
    values[1, 2] = np.nan
    runner = SaliencyRunner(
        Study.build(inputs=NumberTable(values, ("ash", "hue", "iron")), model=Sum()), Run(workspace)
    )
    with pytest.raises(ModelError, match=r"^Sample '1' has no value in 'iron'\. A model takes complete rows only, so "):
        runner.compute(SaliencyRequest("heatmap", 1, MARGIN.name), silent)


class Cold:
    """Takes texts as a list and looks for one word."""

    fingerprint, description, class_names = "cold", "looks for one word", ("cold", "warm")

    def probabilities(self, inputs):
        assert isinstance(inputs, list)
        cold = np.array([0.9 if "cold" in text else 0.1 for text in inputs])
        return np.stack([cold, 1 - cold], axis=1)


def test_a_text_has_a_weight_for_each_word_and_a_drop(workspace):
    texts = TextList(("the soup was cold and the soup was dear", "  "))
    runner = SaliencyRunner(Study.build(inputs=texts, model=Cold()), Run(workspace))
    runner.compute(SaliencyRequest("metrics", 0, MARGIN.name), silent)
    heatmap = runner.load(SaliencyRequest("heatmap", 0, MARGIN.name, 0))["heatmap"]
    assert heatmap.shape == (9,)
    assert int(heatmap.argmax()) == 3
    assert heatmap[3] == 1
    runner.compute(SaliencyRequest("parts", 0), silent)
    parts = runner.load(SaliencyRequest("parts", 0))
    assert parts["layout"].tolist() == list(range(9))
    np.testing.assert_allclose(parts["drops"][:, 0], [0, 0, 0, 0.8, 0, 0, 0, 0, 0], atol=1e-6)
    with pytest.raises(ModelError, match=r"^Sample '1' is a text without a word, so nothing can be hidden in it\.$"):
        runner.compute(SaliencyRequest("heatmap", 1, MARGIN.name), silent)


def test_which_methods_fit_is_known_before_anything_is_loaded():
    pictures = np.zeros((2, 8, 8), np.uint8)
    ways, left_out = methods_for(Study.build(inputs=pictures, model=Bright()))
    assert [way.name for way in ways] == ["margin", "occlusion", "rise", "lime"]
    assert left_out.startswith("This model only gives probabilities, so the methods that follow gradients are left out")
    assert methods_for(Study.build(inputs=pictures, model=networks.model("shared"))) == (ALL_METHODS, "")
    table = Study.build(inputs=np.zeros((2, 3), np.float32), model=Sum())
    assert sample_kind(table) == "values"
    assert methods_for(table)[0] == (MARGIN,)
    assert (
        methods_for(table)[1] == "Rows of numbers have MARGIN's own heatmap; the other methods are made for pictures."
    )
    assert sample_kind(Study.build(inputs=np.array(["a b", "c"]), model=Sum())) == "text"
    with pytest.raises(MissingPart, match="has no model"):
        methods_for(Study.build(inputs=pictures))


@pytest.mark.parametrize(
    ("impossible", "words"),
    [
        (
            SaliencyRequest("dream", 0),
            "There is no result 'dream'. Request one of: prediction, heatmap, draft, metrics, parts,",
        ),
        (SaliencyRequest("heatmap", 9, "rise"), "Row 9 does not exist: the study has 3 samples."),
        (
            SaliencyRequest("heatmap", 0, "magic"),
            "There is no saliency method 'magic'. Choose one of: margin, grad_cam,",
        ),
        (SaliencyRequest("heatmap", 0, "rise", 7), "Class 7 does not exist: the model has 2 classes."),
        (SaliencyRequest("heatmap", 0, "rise", -3), "Class -3 does not exist."),
        (
            SaliencyRequest("examples", 0, attack="top_k", eps=4),
            "Examples are compared under one of random, attack with an eps",
        ),
        (SaliencyRequest("attack", 0, "rise", 0, "random", 3), "with an eps of 1, 2, 4, 8; got 'random' with 3."),
    ],
)
def test_an_impossible_request_is_refused_in_a_sentence(corner, impossible, words):
    with pytest.raises(ParameterError) as raised:
        corner.compute(impossible, silent)
    assert words in str(raised.value)


def test_what_nobody_ordered_is_not_there(corner):
    with pytest.raises(NotComputed):
        corner.load(SaliencyRequest("heatmap", 0, MARGIN.name, 1))


def test_work_stops_between_two_steps(corner):
    def stop(fraction, text):
        raise Cancelled("Stopped.")

    with pytest.raises(Cancelled):
        corner.compute(SaliencyRequest("heatmap", 0, MARGIN.name), stop)


def test_the_worker_answers_line_by_line(corner, workspace, tmp_path):
    opened = Opened(corner.study, (), workspace, tmp_path)
    messages = []
    server = SaliencyServer(opened, messages.append)
    lines = [
        {"stop": 2},
        {"number": 1, "request": {"kind": "prediction", "row": 1}},
        {"number": 2, "request": {"kind": "heatmap", "row": 1, "method": "margin"}},
        {"number": 3, "request": {"kind": "heatmap", "row": 1, "method": "magic"}},
        {"number": 4, "request": {"kind": "heatmap", "row": 1, "method": "occlusion"}},
    ]
    server.run(io.StringIO("".join(json.dumps(line) + "\n" for line in lines)))
    ends = [one for one in messages if not {"fraction", "drafted"} & set(one)]
    assert ends[0] == {"number": 1, "done": -1}
    assert ends[1] == {"number": 2, "stopped": True}
    assert ends[2]["failed"].startswith("There is no saliency method 'magic'.")
    assert ends[3] == {"number": 4, "done": 1}
