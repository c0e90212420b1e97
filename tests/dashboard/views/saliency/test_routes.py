"""The routes of the heatmaps."""

import io

import numpy as np
import pytest
from heatmaps import US
from payloads import differences

from dashboard.views.saliency import wording
from dashboard.views.saliency.attacks import Attacked, Strengths
from dashboard.views.saliency.examples import ExamplesAnswer
from dashboard.views.saliency.heatmaps import SaliencyAnswer
from dashboard.views.saliency.series import ComparisonAnswer, StripHeatmaps, Trail, compared_rows
from dashboard.views.saliency.worker import worker_of
from margin_core.tasks.saliency.fragility.kinds import EPS

pytestmark = pytest.mark.slow  # A network answers.


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
        (one,) = tile["heatmaps"]
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
    one, other = payload["tiles"][0]["heatmaps"]
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
    for randomly_changed, attacked in zip(payload["lines"]["random"], payload["lines"]["top_k"], strict=True):
        assert attacked["topK"] <= randomly_changed["topK"] <= 1
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
    assert {(request.attack, request.eps) for request in left} == {
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


def test_a_strip_fills_and_a_comparison_is_remembered(client, asked_digits, studies):
    trail = client.get("trail").json()
    rows = trail["rows"][5:8]
    assert trail["title"] == wording.SUSPECTS_IN_ORDER
    assert client.get(f"strip?rows={rows[0]}&method=grad_cam").json() == {
        "heatmaps": {}, "state": "none", "done": 0, "total": 0, "error": "",
    }  # fmt: skip
    request = {"what": "strip", "rows": rows, "methods": ["grad_cam"]}
    assert client.post("series", json=request, headers=US).status_code == 200
    payload = client.get(f"strip?rows={','.join(map(str, rows))}&method=grad_cam").json()
    assert set(payload["heatmaps"]) == {str(row) for row in rows}
    assert (payload["state"], payload["done"], payload["total"]) == ("done", 3, 3)
    assert differences(trail, Trail) == differences(payload, StripHeatmaps) == []
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
    assert "No heatmap of this sample is made yet." in client.get("9/arrays?methods=occlusion").text
    client.get("9?methods=occlusion", headers=US)
    with np.load(io.BytesIO(client.get("9/arrays?methods=occlusion").content), allow_pickle=False) as kept:
        assert kept["occlusion.heatmap"].shape == (8, 8)
        assert len(kept["occlusion.numbers"]) == len(kept["names_of_numbers"])


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("5?methods=occlusion", 403, "Heatmaps are made for the dashboard only."),
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
        ("kept/heatmap/zz", 404, "This heatmap is not kept."),
        ("kept/secret/" + 32 * "0", 404, "This heatmap is not kept."),
        ("strip?rows=1&method=magic", 422, "There is no saliency method 'magic'."),
    ],
)
def test_a_malformed_request_is_refused_in_a_sentence(client, path, status, words):
    headers = {} if words.startswith("Heatmaps are") else US
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
        ({"what": "strip", "rows": [1], "methods": ["rise"]}, {}, 403, "Heatmaps are made for the dashboard only."),
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
