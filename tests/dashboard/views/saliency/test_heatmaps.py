"""Heatmaps of what is no picture."""

import io

import numpy as np
import pytest
from heatmaps import AtOnce
from rules import Sum

from dashboard.study.open_study import OpenStudy
from dashboard.views.saliency.export import arrays_file
from dashboard.views.saliency.heatmaps import heatmaps_payload
from dashboard.views.saliency.query import SaliencyQuery
from margin_core.audit.audit import audit
from margin_core.storage.workspace import Workspace
from margin_core.tasks.saliency.worker.request import SaliencyRequest
from margin_core.values import Study

pytestmark = pytest.mark.slow  # A network answers.


def test_a_table_has_its_own_map(studies, tmp_path, monkeypatch):
    values = np.random.default_rng(0).normal(size=(40, 5)).astype(np.float32)
    study = Study.build(inputs=values, model=Sum(), embedding=values, labels=np.arange(40) % 2)
    from margin_core.study import Opened

    workspace = Workspace.at(tmp_path / "w.margin")
    opened = OpenStudy(audit(Opened(study, (), workspace, tmp_path)), f"sqlite:///{tmp_path}/r.sqlite", "ada")
    worker = AtOnce(opened)
    heatmaps_payload(opened, worker, SaliencyQuery(3, ("margin",)))
    payload = heatmaps_payload(opened, worker, SaliencyQuery(3, ("margin",)))
    assert payload["content"]["names"] == [f"column {number}" for number in range(1, 6)]
    assert payload["content"]["values"][2] == f"{values[3, 2]:.6g}"
    weights = payload["tiles"][0]["heatmaps"][0]["weights"]
    assert weights.index(max(weights)) == 2
    assert max(weights) == 1
    drops = payload["parts"]["drops"][0]
    assert len(drops) == 5
    assert max(map(abs, drops)) == abs(drops[2])
    other = 1 - payload["target"]
    heatmaps_payload(opened, worker, SaliencyQuery(3, ("margin",), payload["target"], other))
    pair = heatmaps_payload(opened, worker, SaliencyQuery(3, ("margin",), payload["target"], other))
    assert [len(one["weights"]) for one in pair["tiles"][0]["heatmaps"]] == [5, 5]
    assert len(pair["parts"]["drops"]) == 2
    with np.load(io.BytesIO(arrays_file(opened, SaliencyQuery(3, ("margin",)))), allow_pickle=False) as kept:
        assert kept["places"].tolist() == payload["content"]["names"]


def test_each_heatmap_comes_as_soon_as_it_is_worth_a_look(asked_digits):
    class Noted(AtOnce):
        def submit(self, requests):
            wanted.append([(request.kind, request.method) for request in requests])

    wanted = []
    worker = Noted(asked_digits)
    methods = ("margin", "grad_cam", "integrated_gradients")
    payload = heatmaps_payload(asked_digits, worker, SaliencyQuery(5, methods))
    assert not payload["isDone"]
    (requests,) = wanted
    assert requests[:5] == [
        ("prediction", ""), ("draft", "margin"), ("heatmap", "grad_cam"), ("heatmap", "margin"),
        ("heatmap", "integrated_gradients"),
    ]  # fmt: skip
    assert {kind for kind, _ in requests[5:]} == {"metrics"}
    worker.runner.compute(SaliencyRequest("draft", 5, "margin"), lambda fraction, text: None)
    payload = heatmaps_payload(asked_digits, worker, SaliencyQuery(5, methods))
    assert payload["tiles"][0]["heatmaps"][0]["kind"] == "draft"
    assert ("draft", "margin") not in wanted[1]
