"""One's own model in one line: networks, estimators, files."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
import torch
from onnx import helper, numpy_helper
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import nn

from margin_core import Study, add_model_outputs, as_model, explain
from margin_core.errors import MarginWarning, MissingPart, ModelError
from margin_core.tasks import Saliency

ROWS = (np.random.default_rng(0).normal(size=(60, 4)) + np.repeat([[0] * 4, [6] * 4], 30, axis=0)).astype(np.float32)
LABELS = np.repeat([0, 1], 30)
PICTURES = np.random.default_rng(0).integers(0, 255, (12, 20, 24), dtype=np.uint8)


def row_network():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))


def picture_network(channels=1):
    torch.manual_seed(0)
    body = nn.Sequential(nn.Conv2d(channels, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    return nn.Sequential(body, nn.Linear(4, 3))


def test_a_network_of_rows_gives_what_it_computes():
    network = row_network()
    with pytest.warns(MarginWarning, match="taken to be the classes of the study, in their order"):
        study = add_model_outputs(Study.build(inputs=ROWS, labels=LABELS, class_names=["cat", "dog"], model=network))
    with torch.inference_mode():
        expected = network(torch.from_numpy(ROWS)).softmax(1).numpy()
        hidden = network[1](network[0](torch.from_numpy(ROWS))).numpy()
    assert study.probabilities == pytest.approx(expected, abs=1e-6)
    assert study.embedding == pytest.approx(hidden, abs=1e-5)
    assert not study.out_of_sample


def test_size_and_channels_of_a_network_of_pictures_are_found_and_said():
    network = picture_network()
    study = Study.build(inputs=PICTURES, model=network)
    with torch.inference_mode():
        expected = network(torch.from_numpy(PICTURES[:, None] / 255).float()).softmax(1).numpy()
    assert study.model.probabilities(PICTURES) == pytest.approx(expected, abs=1e-5)
    assert study.model.description == "torch Sequential (20 x 24, pixel / 255)"
    assert explain(Saliency(sample="3"), study).heatmap.shape == (20, 24)


def test_layer_size_and_normalization_can_be_named():
    network = picture_network(3)
    model = as_model(network, layer="0", size=(32, 32), mean=(0.5, 0.4, 0.3), std=(0.2, 0.2, 0.2))
    assert model.embed(PICTURES).shape == (12, 4)
    assert "(32 x 32, (pixel / 255 - mean) / std)" in model.description
    assert model.fingerprint != as_model(network, size=(32, 32)).fingerprint
    with pytest.raises(ModelError, match=r"takes 3 channel\(s\); name mean and std with one number for each"):
        as_model(network, mean=(0.5,), std=(0.5,))


@pytest.mark.parametrize("labels", [LABELS, np.repeat(["cat", "dog"], 30)], ids=["numbers", "names"])
def test_an_estimator_is_a_model_and_a_pipeline_gives_features(labels):
    estimator = make_pipeline(StandardScaler(), LogisticRegression()).fit(ROWS, labels)
    study = Study.build(inputs=ROWS, labels=labels, model=estimator)
    if labels is LABELS:
        with pytest.warns(MarginWarning, match="in their order"):
            study = add_model_outputs(study)
    else:
        study = add_model_outputs(study)
    assert study.probabilities == pytest.approx(estimator.predict_proba(ROWS), abs=1e-6)
    assert study.embedding == pytest.approx(estimator[:-1].transform(ROWS), abs=1e-6)
    again = make_pipeline(StandardScaler(), LogisticRegression()).fit(ROWS, labels)
    assert as_model(again).fingerprint == study.model.fingerprint
    other = make_pipeline(StandardScaler(), LogisticRegression(C=0.1)).fit(ROWS, labels)
    assert as_model(other).fingerprint != study.model.fingerprint


def test_classes_in_another_order_are_matched_by_name():
    names = np.repeat(["dog", "cat"], 30)
    estimator = LogisticRegression().fit(ROWS, names)
    study = Study.build(inputs=ROWS, embedding=ROWS, labels=names, class_names=["dog", "cat"], model=estimator)
    found = add_model_outputs(study)
    assert (found.probabilities.argmax(axis=1) == study.labels).mean() > 0.95


def test_a_file_is_a_model(tmp_path):
    path = tmp_path / "net.onnx"
    nodes = [helper.make_node("Gemm", ["rows", "weight"], ["logits"])]
    sides = [helper.make_tensor_value_info(*of) for of in (("rows", 1, ["b", 4]), ("logits", 1, ["b", 2]))]
    weight = numpy_helper.from_array(np.array([[1, 0], [0, 1], [0, 0], [0, 0]], np.float32), "weight")
    graph = helper.make_graph(nodes, "g", sides[:1], sides[1:], [weight])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9), path)
    model = Study.build(inputs=ROWS, model=path).model
    logits = ROWS[:, :2] - ROWS[:, :2].max(axis=1, keepdims=True)
    assert model.probabilities(ROWS) == pytest.approx(np.exp(logits) / np.exp(logits).sum(1, keepdims=True), abs=1e-5)


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (3, "A int is no model that can be asked for class probabilities"),
        (LogisticRegression(), "The LogisticRegression is not fitted"),
        (nn.Linear(7, 2), "cannot take rows of 4 numbers"),
        ("nothing.onnx", "There is no model file 'nothing.onnx'"),
    ],
)
def test_what_is_no_model_is_refused_in_one_sentence(model, words):
    with pytest.raises(ModelError) as raised:
        Study.build(inputs=ROWS, model=model)
    assert words in str(raised.value)


def test_without_inputs_or_model_the_missing_part_is_named():
    with pytest.raises(MissingPart, match="has no model"):
        add_model_outputs(Study.build(inputs=ROWS))
    with pytest.raises(MissingPart, match="has no inputs"):
        add_model_outputs(Study.build(embedding=ROWS, model=row_network()))
