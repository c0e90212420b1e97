"""The page of what the model saw, from an empty session, its routes, and the process behind both, without a browser."""

import io
import json
import queue
import re
import threading
import time

import numpy as np
import pytest
from payloads import differences
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard.app import ROUTES
from dashboard.shared.palette import STEPS
from dashboard.study import processes
from dashboard.study.open_study import OpenStudy
from dashboard.study.parts import HOW_TO_ADD, Part
from dashboard.study.registry import OpenRequest
from dashboard.study.selections import keep_selection, selection_of
from dashboard.views.map.data import available_channels, keep_mask, mask_of, palette_and_legend
from dashboard.views.saliency import wording, worker
from dashboard.views.saliency.agreement import agreements
from dashboard.views.saliency.attacks import Attacked, Strengths
from dashboard.views.saliency.examples import ExamplesAnswer, missing_examples_reason
from dashboard.views.saliency.export import arrays_file
from dashboard.views.saliency.fragile import FRAGILITY, fragility_answer, fragility_of, most_fragile, unusually_fragile
from dashboard.views.saliency.heatmaps import SaliencyAnswer, heatmaps_payload
from dashboard.views.saliency.query import SaliencyQuery
from dashboard.views.saliency.series import ComparisonAnswer, StripMaps, Trail, compared_rows
from dashboard.views.saliency.worker import RequestStatus, SaliencyWorker, worker_of
from margin_core.audit.audit import audit
from margin_core.audit.stored_explanation import load_or_explain
from margin_core.cli import main
from margin_core.storage.engine import Run
from margin_core.storage.workspace import Workspace
from margin_core.study import open_source
from margin_core.tasks.saliency.fragility import fragility_column
from margin_core.tasks.saliency.worker.heatmap_maker import HeatmapMaker
from margin_core.tasks.saliency.worker.request import EPS, SaliencyRequest
from margin_core.values import Study

pytestmark = pytest.mark.slow  # Whole pages, and a network that answers.

DIGITS = "sample_data/digits"
US = {"X-Margin": "1"}
PATIENCE = 60.0


class Sum:
    """Predicts one class where column 2 of a row is large."""

    fingerprint = "sum"
    classes = 2

    def probabilities(self, inputs):
        p = 1 / (1 + np.exp(-4 * np.asarray(inputs, dtype=np.float64)[:, 2]))
        return np.stack([1 - p, p], axis=1)


class AtOnce:
    """Carries out what it is asked for, at once and here."""

    def __init__(self, opened):
        source = opened.audited.opened
        workspace = Workspace.at(source.workspace.folder)
        self.maker = HeatmapMaker(source.study, Run(workspace))
        self.failed, self.series_of, self.error, self.again = {}, {}, "", 0

    def submit(self, orders):
        for order in orders:
            try:
                self.maker.compute(order, lambda fraction, text: None)
            except ValueError as error:
                self.failed[order] = str(error)

    def start_series(self, name, orders, done=0):
        self.series_of[name] = worker.Series(worker.deque(), len(orders) + done, len(orders) + done)
        self.submit(orders)

    def withdraw(self, orders):
        pass

    def stop_series(self, name):
        self.series_of[name].is_stopped = True

    def series(self, name):
        return self.series_of.get(name)

    def status(self, order):
        if order in self.failed:
            return RequestStatus("failed", text=self.failed[order])
        return RequestStatus("waiting")

    def retry(self):
        self.again += 1

    def close(self):
        pass


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    """Prepare the bundled digits once."""
    folder = tmp_path_factory.mktemp("digits") / "digits.margin"
    workspace = Workspace.at(folder)
    audit(open_source(DIGITS, workspace=workspace))
    return folder


@pytest.fixture
def asked_digits(studies, digits, tmp_path):
    key = studies.open(
        OpenRequest(open_source(DIGITS).source, workspace=str(digits), database=f"sqlite:///{tmp_path}/r.sqlite")
    )
    studies.stop(key)  # The map of all samples is not needed here.
    opened = studies.opened(key)
    studies.service(opened.key, "saliency", lambda arguments: AtOnce(opened))
    return opened


@pytest.fixture
def client(asked_digits):
    client = TestClient(Starlette(routes=ROUTES))
    client.base_url = client.base_url.join(f"/margin/{asked_digits.key}/saliency/")
    return client


def turn_to_it(app):
    app.run()
    app.switch_page("views/saliency/view.py").run()
    assert not app.exception, app.exception[0].message
    return "\n".join(str(part.value) for part in [*app.markdown, *app.caption, *app.info])


# ----- the page -----


def test_the_page_shows_curves_once_they_are_known(app, asked_digits):
    assert wording.FAITHFULNESS not in turn_to_it(app)
    row = int(asked_digits.audited.explanation.rows[0])
    methods = ("grad_cam", "integrated_gradients")
    AtOnce(asked_digits).submit([SaliencyRequest("metrics", row, name) for name in methods])
    text = turn_to_it(app)
    assert wording.FAITHFULNESS in text
    [two] = agreements(asked_digits, SaliencyQuery(row, methods))
    assert f"Grad-CAM and Integrated Gradients | {two.correlation:.2f} | {two.in_common:.0%}" in text
    assert wording.FRAGILITY in text
    assert wording.COMPARISON in text


def test_without_a_model_one_sentence_says_what_to_do(app, asked):
    assert HOW_TO_ADD[Part.MODEL] in turn_to_it(app)
    assert "Open another study" in [button.label for button in app.button]


# ----- routes -----


def test_maps_come_with_their_numbers_and_as_bytes(client, asked_digits):
    first = client.get("5?methods=grad_cam,occlusion&parts=1", headers=US).json()
    assert not first["isDone"]
    payload = client.get("5?methods=grad_cam,occlusion&parts=1", headers=US).json()
    assert payload["isDone"]
    assert differences(first, SaliencyAnswer) == differences(payload, SaliencyAnswer) == []
    assert [tile["method"] for tile in payload["tiles"]] == ["grad_cam", "occlusion"]
    assert payload["target"] == payload["probabilities"][0]["label"]
    assert payload["given"] == int(asked_digits.study.labels[5])
    for tile in payload["tiles"]:
        (one,) = tile["maps"]
        answer = client.get(f"kept/{one['kind']}/{one['key']}")
        assert len(answer.content) == one["height"] * one["width"] == 64
        assert answer.headers["cache-control"].endswith("immutable")
        assert 0 <= tile["numbers"]["deletion"] <= 1
    parts = payload["parts"]
    layout = np.frombuffer(client.get(f"kept/parts/{parts['key']}").content, "<u2")
    assert len(layout) == 64
    assert len(parts["drops"][0]) == int(layout.max()) + 1


def test_why_one_class_and_not_another(client):
    path = "5?methods=occlusion&class=3&against=8"
    client.get(path, headers=US)
    payload = client.get(path, headers=US).json()
    assert (payload["target"], payload["against"]) == (3, 8)
    one, other = payload["tiles"][0]["maps"]
    assert one["key"] != other["key"]
    assert {3, 8} <= {entry["label"] for entry in payload["probabilities"]}


def test_an_attack_is_sent_with_pictures_and_numbers(client):
    path = "5/attack?method=gradient&class=3&attack=top_k&eps=4"
    assert client.get(path, headers=US).json()["state"] == "waiting"
    payload = client.get(path, headers=US).json()
    assert payload["state"] == "ready"
    assert differences(payload, Attacked) == []
    if payload["survived"]:
        assert (payload["height"], payload["width"], payload["channels"]) == (8, 8, 1)
        assert 0 <= payload["topK"] <= 1


def test_every_strength_is_measured_on_request_only(client):
    path = "7/strengths?method=gradient&class=3&attack=top_k"
    payload = client.get(path, headers=US).json()
    assert (payload["state"], payload["fraction"], payload["eps"]) == ("partly", 0, [1, 2, 4, 8])
    assert payload["lines"] == {"random": [None] * 4, "top_k": [None] * 4}
    assert client.get(f"{path}&action=start", headers=US).json()["state"] == "making"
    payload = client.get(path, headers=US).json()
    assert (payload["state"], payload["fraction"]) == ("ready", 1)
    assert differences(payload, Strengths) == []
    for by_chance, attacked in zip(payload["lines"]["random"], payload["lines"]["top_k"], strict=True):
        assert attacked["topK"] <= by_chance["topK"] <= 1
    kept = [one["topK"] for one in payload["lines"]["top_k"]]
    assert kept == sorted(kept, reverse=True)
    alone = client.get("7/attack?method=gradient&class=3&attack=top_k&eps=8", headers=US).json()
    assert differences(alone, Attacked) == []
    assert {name: alone[name] for name in payload["lines"]["top_k"][3]} == payload["lines"]["top_k"][3]
    assert list(client.get(f"{path.replace('top_k', 'random')}", headers=US).json()["lines"]) == ["random"]


def test_leaving_calls_every_strength_off(client, asked_digits, studies):
    left = []
    worker_of(asked_digits).withdraw = left.extend
    assert (
        client.get("5/strengths?method=gradient&class=3&attack=mass_center&action=stop", headers=US).json()["state"]
        == "partly"
    )
    assert {(order.attack, order.eps) for order in left} == {
        (kind, eps) for kind in ("random", "mass_center") for eps in EPS
    }


def test_the_most_influential_samples_are_sent_before_and_after(client, asked_digits):
    assert client.get("5/examples?eps=8", headers=US).json()["state"] == "waiting"
    payload = client.get("5/examples?eps=8", headers=US).json()
    assert payload["state"] == "ready"
    assert differences(payload, ExamplesAnswer) == []
    assert [len(payload["before"]), *(len(cards) for cards in payload["after"].values())] == [5, 5, 5]
    assert list(payload["after"]) == ["random", "attack"]
    given = [card["given"] for card in payload["before"]]
    assert given == asked_digits.study.labels[[card["row"] for card in payload["before"]]].tolist()
    assert given.count(payload["predicted"]) >= 3


def test_where_no_sample_can_be_named_a_sentence_says_why(asked_digits):
    study = asked_digits.study
    assert missing_examples_reason(study) == ""

    def lacking(**parts):
        given = {"inputs": study.inputs, "embedding": study.embedding, "labels": study.labels, "model": study.model}
        return missing_examples_reason(
            Study.build(**{name: part for name, part in (given | parts).items() if part is not None})
        )

    assert lacking(labels=None) == "This study has no labels, so no sample supports a prediction."
    assert lacking(embedding=None).startswith("This study has no features")
    assert lacking(model=Sum()).startswith("This model only gives probabilities.")


def test_the_fragility_of_all_samples_is_measured_once_and_colors_filters_and_ranks(
    app, asked_digits, client, monkeypatch
):
    drawn = np.random.default_rng(0)
    monkeypatch.setattr(
        fragility_column, "compute_fragility", lambda recipe, model, pictures: drawn.random(len(pictures))
    )
    text = turn_to_it(app)
    assert wording.cost_of_measuring(1797) in text
    assert wording.MEASURE_ALL in [button.label for button in app.button]
    assert fragility_of(asked_digits) is None
    assert "fragility" not in available_channels(asked_digits)
    load_or_explain(
        FRAGILITY, open_source(DIGITS, workspace=Workspace.at(asked_digits.audited.opened.workspace.folder))
    )
    values = fragility_of(asked_digits)
    channel = available_channels(asked_digits)["fragility"]
    assert values.shape == (1797,) and 0 <= values.min() < values.max() <= 1
    shades = channel.values(asked_digits).astype(int)
    assert (shades.min(), shades.max()) == (0, STEPS - 1)
    assert (np.diff(shades[np.argsort(values)]) >= 0).all()
    _, legend = palette_and_legend(asked_digits, channel)
    assert legend["high"] == f"{np.quantile(values, 0.98):.0%} replaced"
    mask = mask_of(asked_digits, keep_mask(asked_digits, {"fragility": 0.6}))
    np.testing.assert_array_equal(mask == 1, values >= 0.6)
    most = most_fragile(values, 9)
    assert (np.diff(values[most]) <= 0).all() and values[most[-1]] >= np.sort(values)[-9]
    key = keep_selection(asked_digits, most, "fragile", is_ranked=True)
    assert client.get(f"trail?selection={key}").json()["rows"] == most.tolist()
    page = client.get(f"http://testserver/margin/{asked_digits.key}/selection/{key}").json()
    assert [card["row"] for card in page["cards"]] == most.tolist()
    unlike = unusually_fragile(fragility_answer(asked_digits), 9)
    assert set(unlike.tolist()) != set(most.tolist())
    text = turn_to_it(app)
    assert re.search(r"replace: at most \d+% in half of the samples, more than \d+% in one of twenty\.", text)
    labels = [button.label for button in app.button]
    assert {wording.MOST_FRAGILE, wording.UNUSUALLY_FRAGILE, wording.COLOR_MAP} <= set(labels)
    next(button for button in app.button if button.label == wording.MOST_FRAGILE).click().run()
    assert not app.exception
    assert selection_of(asked_digits, app.session_state["margin_study_selection"]).rows.tolist()[:9] == most.tolist()
    assert app.selectbox[0].value == "fragility"
    assert "Fragility at least" in [slider.label for slider in app.slider]


def test_a_strip_fills_and_a_comparison_is_remembered(client, asked_digits, studies):
    trail = client.get("trail").json()
    rows = trail["rows"][5:8]
    assert trail["title"] == "suspect labels, in their order"
    assert client.get(f"strip?rows={rows[0]}&method=grad_cam").json() == {
        "maps": {}, "state": "none", "done": 0, "total": 0, "error": "",
    }  # fmt: skip
    request = {"what": "strip", "rows": rows, "methods": ["grad_cam"]}
    assert client.post("series", json=request, headers=US).status_code == 200
    payload = client.get(f"strip?rows={','.join(map(str, rows))}&method=grad_cam").json()
    assert set(payload["maps"]) == {str(row) for row in rows}
    assert (payload["state"], payload["done"], payload["total"]) == ("done", 3, 3)
    assert differences(trail, Trail) == differences(payload, StripMaps) == []
    request = {"what": "comparison", "count": 25, "methods": ["grad_cam", "gradient"]}
    assert client.post("series", json=request, headers=US).status_code == 200
    payload = client.get("comparison?count=25").json()
    assert payload["methods"] == ["grad_cam", "gradient"]
    assert differences(payload, ComparisonAnswer) == []
    one = payload["table"]["deletion"]["grad_cam"]
    assert one["low"] <= one["mean"] <= one["high"]
    assert one["samples"] == 25
    worker_of(asked_digits).series_of.clear()
    again = client.get("comparison?count=25").json()
    assert again["table"] == payload["table"]
    assert compared_rows(asked_digits.study, 50)[:25] == compared_rows(asked_digits.study, 25)


def test_arrays_are_a_file_without_pickles(client):
    assert "No map of this sample is made yet." in client.get("9/arrays?methods=occlusion").text
    client.get("9?methods=occlusion", headers=US)
    with np.load(io.BytesIO(client.get("9/arrays?methods=occlusion").content), allow_pickle=False) as kept:
        assert kept["occlusion.heatmap"].shape == (8, 8)
        assert len(kept["occlusion.numbers"]) == len(kept["names_of_numbers"])


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("5?methods=occlusion", 403, "Maps are made for the dashboard only."),
        ("9999?methods=occlusion", 404, "There is no such row."),
        ("x?methods=occlusion", 400, "rows must be at most 60 whole numbers"),
        ("5,6?methods=occlusion", 400, "Name one sample."),
        ("5?methods=magic", 422, "There is no saliency method 'magic'."),
        ("5?methods=", 422, "Choose 1 to 4 methods; got 0."),
        ("5?methods=a,b,c,d,e", 422, "Choose 1 to 4 methods; got 5."),
        ("5?methods=occlusion&class=-1", 400, "class must be the number of a class."),
        ("5?methods=occlusion&against=x", 400, "against must be the number of a class."),
        ("5/attack?method=rise&class=1&attack=sun&eps=4", 422, "An attack is one of random, top_k, mass_center"),
        ("5/attack?method=rise&class=1&attack=random&eps=3", 422, "got 'random' with 3."),
        ("5/strengths?method=rise&class=1&attack=sun", 422, "An attack is one of random, top_k, mass_center"),
        ("5/strengths?method=rise&attack=random", 400, "class must be the number of a class."),
        ("5/examples?eps=3", 422, "Examples are compared under one of random, attack with an eps of 1, 2, 4, 8"),
        ("5/attack?method=rise&attack=random&eps=4", 400, "class must be the number of a class."),
        ("kept/heatmap/%2e%2e%2fsecret", 404, ""),
        ("kept/heatmap/zz", 404, "This map is not kept."),
        ("kept/secret/" + 32 * "0", 404, "This map is not kept."),
        ("strip?rows=1&method=magic", 422, "There is no saliency method 'magic'."),
    ],
)
def test_a_malformed_request_is_refused_in_a_sentence(client, path, status, words):
    headers = {} if words.startswith("Maps are") else US
    answer = client.get(path, headers=headers)
    assert answer.status_code == status
    assert words in answer.text


def test_a_class_the_model_does_not_have_is_refused_once_that_is_known(client):
    client.get("5?methods=occlusion", headers=US)
    answer = client.get("5?methods=occlusion&class=44", headers=US)
    assert (answer.status_code, answer.text) == (422, "Class 44 does not exist: the model has 10 classes.")


@pytest.mark.parametrize(
    ("payload", "headers", "status", "words"),
    [
        ({"what": "strip", "rows": [1], "methods": ["rise"]}, {}, 403, "Maps are made for the dashboard only."),
        ({"what": "party"}, US, 400, "A series is of a strip or a comparison."),
        ({"what": "strip", "rows": ["1"], "methods": []}, US, 400, "'1' is not a whole number"),
        ({"what": "strip", "rows": [9999], "methods": ["rise"]}, US, 422, "Row 9999 does not exist"),
        ({"what": "strip", "rows": [1], "methods": ["magic"]}, US, 422, "There is no saliency method 'magic'."),
        ({"what": "comparison", "count": 7, "methods": ["rise"]}, US, 422, "on 25, 50, 100, 200 samples; got 7."),
        ([], US, 400, "This cannot be read"),
    ],
)
def test_a_series_that_cannot_be_is_refused(client, payload, headers, status, words):
    answer = client.post("series", json=payload, headers=headers)
    assert answer.status_code == status
    assert words in answer.text


# ----- the process -----


class Fake:
    """A process that answers when the test says so."""

    made: list = []

    def __init__(self, command, **pipes):
        self.command, self.returncode = command, 0
        self.received, self._answers = [], queue.SimpleQueue()
        self.stdin, self.stdout, self.stderr = self, self, io.StringIO("margin: it broke\n")
        Fake.made.append(self)

    def write(self, line):
        self.received.append(json.loads(line))

    def flush(self):
        pass

    def close(self):
        pass

    def say(self, **answer):
        self._answers.put(json.dumps(answer))

    def end(self, code):
        self.returncode = code
        self._answers.put(None)

    def __iter__(self):
        return iter(self._answers.get, None)

    def wait(self):
        return self.returncode

    def terminate(self):
        self.end(-15)

    def orders(self):
        return [message["request"]["row"] for message in self.received if "request" in message]


@pytest.fixture
def maker(monkeypatch):
    Fake.made = []
    monkeypatch.setattr(processes.subprocess, "Popen", Fake)
    maker = SaliencyWorker(["source"])
    yield maker
    maker.close()
    for thread in [one for one in threading.enumerate() if one.name == "margin-process"]:
        thread.join(PATIENCE)
        assert not thread.is_alive()


def wait_for_requests(maker, rows):
    """Wait until the process was sent these requests; its answers are read by another thread."""
    until(lambda: Fake.made and Fake.made[-1].orders() == rows, f"{rows} sent")
    return Fake.made[-1]


def until(condition, what):
    last = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < last, f"waited in vain for {what}"
        time.sleep(0.01)


def look(row):
    return SaliencyRequest("prediction", row)


def test_one_at_a_time_the_newest_first_and_a_series_last(maker):
    maker.start_series("strip", [look(7), look(8)])
    process = wait_for_requests(maker, [7])
    assert process.command[1:4] == ["-m", "margin_core", "saliency"]
    maker.submit([look(1), look(2)])
    assert process.received[-1] == {"stop": 1}
    process.say(number=1, stopped=True)
    wait_for_requests(maker, [7, 1])
    process.say(number=2, done=0)
    wait_for_requests(maker, [7, 1, 2])
    assert maker.status(look(2)).state == "making"
    process.say(number=3, fraction=0.5, text="halfway")
    process.say(number=3, failed="No.")
    wait_for_requests(maker, [7, 1, 2, 7])
    assert maker.status(look(2)) == RequestStatus("failed", text="No.")
    process.say(number=4, done=0)
    wait_for_requests(maker, [7, 1, 2, 7, 8])
    process.say(number=5, done=0)
    maker.submit([look(3)])
    wait_for_requests(maker, [7, 1, 2, 7, 8, 3])
    series = maker.series("strip")
    assert (series.done, series.total, series.is_running) == (2, 2, False)


def test_what_somebody_still_waits_for_is_not_called_off(maker):
    maker.submit([look(1)])
    process = wait_for_requests(maker, [1])
    maker.submit([look(1), look(2)])
    assert process.received[-1] != {"stop": 1}
    maker.submit([look(1)])
    assert process.orders() == [1]


def test_what_nobody_waits_for_any_more_is_called_off(maker):
    maker.submit([look(1), look(2)])
    process = wait_for_requests(maker, [1])
    maker.withdraw([look(1), look(2), look(3)])
    assert process.received[-1] == {"stop": 1}
    process.say(number=1, stopped=True)
    maker.submit([look(4)])
    wait_for_requests(maker, [1, 4])
    assert [maker.status(look(row)).state for row in (1, 2)] == ["unknown", "unknown"]
    maker.withdraw([look(9)])
    assert process.orders() == [1, 4]
    assert process.received[-1] != {"stop": 2}


def test_numbers_give_way_to_what_is_to_be_seen(maker):
    numbers, parts = SaliencyRequest("metrics", 1, "margin", 0), SaliencyRequest("parts", 1)
    maker.submit([numbers, SaliencyRequest("metrics", 1, "rise", 0)])
    process = wait_for_requests(maker, [1])
    maker.submit([numbers])
    assert process.received[-1] != {"stop": 1}
    maker.submit([parts, numbers])
    assert process.received[-1] == {"stop": 1}
    process.say(number=1, stopped=True)
    wait_for_requests(maker, [1, 1])
    assert process.received[-1]["request"]["kind"] == "parts"
    maker.submit([parts, numbers])
    process.say(number=2, done=0)
    wait_for_requests(maker, [1, 1, 1])
    assert process.received[-1]["request"] == {**process.received[0]["request"]}


def test_a_series_is_stopped_and_keeps_what_is_done(maker):
    maker.start_series("strip", [look(7), look(8)], done=3)
    process = wait_for_requests(maker, [7])
    maker.stop_series("strip")
    assert process.received[-1] == {"stop": 1}
    process.say(number=1, stopped=True)
    maker.submit([look(1)])
    wait_for_requests(maker, [7, 1])
    series = maker.series("strip")
    assert (series.done, series.total, series.is_stopped) == (3, 5, True)


def test_a_process_that_breaks_is_begun_again_once(maker):
    maker.submit([look(1)])
    first = wait_for_requests(maker, [1])
    first.end(1)
    until(lambda: len(Fake.made) == 2, "a second process")
    second = wait_for_requests(maker, [1])
    assert second is not first
    second.end(1)
    until(lambda: maker.status(look(1)).state == "failed", "the failure")
    assert maker.status(look(1)).text == "it broke"
    maker.retry()
    maker.submit([look(1)])
    wait_for_requests(maker, [1])
    assert len(Fake.made) == 3


def test_a_process_that_cannot_begin_says_why_and_is_not_begun_for_ever(maker):
    maker.submit([look(1)])
    wait_for_requests(maker, [1]).end(2)
    until(lambda: maker.error, "the trouble")
    assert maker.error == "it broke"
    maker.submit([look(2)])
    assert len(Fake.made) == 1


def test_a_table_has_its_own_map(studies, tmp_path, monkeypatch):
    values = np.random.default_rng(0).normal(size=(40, 5)).astype(np.float32)
    study = Study.build(inputs=values, model=Sum(), embedding=values, labels=np.arange(40) % 2)
    from margin_core.study import Opened

    workspace = Workspace.at(tmp_path / "w.margin")
    opened = OpenStudy(audit(Opened(study, (), workspace, tmp_path)), f"sqlite:///{tmp_path}/r.sqlite", "ada")
    maker = AtOnce(opened)
    heatmaps_payload(opened, maker, SaliencyQuery(3, ("margin",)))
    payload = heatmaps_payload(opened, maker, SaliencyQuery(3, ("margin",)))
    assert payload["content"]["names"] == [f"column {number}" for number in range(1, 6)]
    assert payload["content"]["values"][2] == f"{values[3, 2]:.5g}"
    weights = payload["tiles"][0]["maps"][0]["weights"]
    assert weights.index(max(weights)) == 2
    assert max(weights) == 1
    drops = payload["parts"]["drops"][0]
    assert len(drops) == 5
    assert max(map(abs, drops)) == abs(drops[2])
    other = 1 - payload["target"]
    heatmaps_payload(opened, maker, SaliencyQuery(3, ("margin",), payload["target"], other))
    pair = heatmaps_payload(opened, maker, SaliencyQuery(3, ("margin",), payload["target"], other))
    assert [len(one["weights"]) for one in pair["tiles"][0]["maps"]] == [5, 5]
    assert len(pair["parts"]["drops"]) == 2
    with np.load(io.BytesIO(arrays_file(opened, SaliencyQuery(3, ("margin",)))), allow_pickle=False) as kept:
        assert kept["places"].tolist() == payload["content"]["names"]


def test_the_command_writes_maps_and_says_numbers(digits, tmp_path, capsys):
    out = tmp_path / "maps.npz"
    command = ["saliency", DIGITS, "--workspace", str(digits), "--sample", "digit-0005", "--method", "gradient"]
    assert main([*command, "--out", str(out)]) == 0
    assert "Gradient" in capsys.readouterr().out
    with np.load(out, allow_pickle=False) as kept:
        assert kept["gradient.0"].shape == (8, 8)
    assert main([*command, "--class", "tiger"]) == 2
    assert "The model has no class 'tiger'." in capsys.readouterr().err
