"""ONNX files as models."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from scipy.special import expit, softmax

from margin_core import Study, add_model_outputs
from margin_core.errors import ModelError
from margin_core.study.models import load_model

ROOT = Path(__file__).resolve().parents[4]
WEIGHT = np.random.default_rng(0).normal(size=(3, 4)).astype(np.float32)
SHIFT = np.arange(4, dtype=np.float32)


def save(path, *, shape=("b", 3, 5, 6), number=TensorProto.FLOAT, last="Gemm", order="NCHW", **facts):
    """Write mean over places -> linear (-> softmax)."""
    nodes = [helper.make_node("Cast", ["pictures"], ["floats"], to=TensorProto.FLOAT)]
    if len(shape) == 4:
        axes = [2, 3] if order == "NCHW" else [1, 2]
        nodes.append(helper.make_node("ReduceMean", ["floats", "axes"], ["pooled"], keepdims=0))
        constants = [numpy_helper.from_array(np.array(axes), "axes")]
    else:
        nodes.append(helper.make_node("Identity", ["floats"], ["pooled"]))
        constants = []
    if last == "MatMul":
        nodes.append(helper.make_node("MatMul", ["pooled", "weight"], ["scores"]))
    else:
        out = "logits" if last == "Softmax" else "scores"
        nodes.append(helper.make_node("Gemm", ["pooled", "weight", "shift"], [out]))
        constants.append(numpy_helper.from_array(SHIFT, "shift"))
    if last == "Softmax":
        nodes.append(helper.make_node("Softmax", ["logits"], ["scores"], axis=1))
    channels = shape[1] if order == "NCHW" else shape[-1]
    constants.append(numpy_helper.from_array(WEIGHT[:channels], "weight"))
    graph = helper.make_graph(
        nodes, "g", [helper.make_tensor_value_info("pictures", number, shape)],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, [shape[0], 4])], constants,
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    helper.set_model_props(model, facts)
    onnx.save(model, path)
    return str(path)


def pictures(*shape):
    return np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)


def normalized(given):
    return (given / 255 - np.array([0.485, 0.456, 0.406])) / np.array([0.229, 0.224, 0.225])


def test_logits_become_probabilities_and_the_input_of_the_last_gemm_the_features(tmp_path):
    model = load_model(save(tmp_path / "m.onnx"))
    given = pictures(40, 5, 6, 3)
    pooled = normalized(given).mean((1, 2))
    embedding, probabilities = model.both(given)
    np.testing.assert_allclose(embedding, pooled, atol=1e-4)
    np.testing.assert_allclose(probabilities, softmax(pooled @ WEIGHT + SHIFT, axis=1), atol=1e-4)
    np.testing.assert_array_equal(model.probabilities(given), probabilities)
    np.testing.assert_array_equal(model.embed(given), embedding)
    assert embedding.dtype == probabilities.dtype == np.float32
    assert model.description == "ONNX model (m.onnx)"


def test_a_softmax_is_not_taken_twice(tmp_path):
    logits, soft = load_model(save(tmp_path / "a.onnx")), load_model(save(tmp_path / "b.onnx", last="Softmax"))
    given = pictures(2, 5, 6, 3)
    np.testing.assert_allclose(logits.probabilities(given), soft.probabilities(given), atol=1e-6)
    assert logits.fingerprint != soft.fingerprint


def save_table_classifier(path, *, is_mapped, shape=("b", 3)):
    """Write what scikit-learn's converter makes of a logistic regression."""
    classical = "ai.onnx.ml"
    nodes = [
        helper.make_node(
            "LinearClassifier", ["rows"], ["class", "raw"], domain=classical, coefficients=WEIGHT.T.ravel().tolist(),
            intercepts=SHIFT.tolist(), classlabels_ints=range(4), post_transform="SOFTMAX",
        ),
        helper.make_node("Normalizer", ["raw"], ["scores"], domain=classical, norm="L1"),
    ]  # fmt: skip
    last = helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["b", 4])
    if is_mapped:
        nodes.append(helper.make_node("ZipMap", ["scores"], ["maps"], domain=classical, classlabels_int64s=range(4)))
        entry = helper.make_map_type_proto(TensorProto.INT64, helper.make_tensor_type_proto(TensorProto.FLOAT, []))
        last = helper.make_value_info("maps", helper.make_sequence_type_proto(entry))
    graph = helper.make_graph(
        nodes, "g", [helper.make_tensor_value_info("rows", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("class", TensorProto.INT64, ["b"]), last],
    )  # fmt: skip
    sets = [helper.make_opsetid("", 18), helper.make_opsetid(classical, 3)]
    onnx.save(helper.make_model(graph, opset_imports=sets, ir_version=9), path)
    return str(path)


@pytest.mark.parametrize("is_mapped", [True, False])
def test_probabilities_of_a_table_classifier_are_taken_as_they_are(tmp_path, is_mapped):
    model = load_model(save_table_classifier(tmp_path / "m.onnx", is_mapped=is_mapped))
    rows = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)
    np.testing.assert_allclose(model.probabilities(rows), softmax(rows @ WEIGHT + SHIFT, axis=1), atol=1e-6)
    assert model.classes == 4 and model.features is None


def test_rows_need_a_stated_length(tmp_path):
    with pytest.raises(ModelError) as raised:
        load_model(save_table_classifier(tmp_path / "m.onnx", is_mapped=False, shape=("b", "d")))
    assert str(raised.value) == (
        "ONNX model (m.onnx) does not state how many numbers a row has. Export it with that number fixed."
    )


def save_one_column(path, *nodes, output=("b", 1)):
    """Write a graph of one column, from one number to one score, by the operators that are named in order."""
    tensors = ["row", *(f"t{number}" for number in range(1, len(nodes))), "score"]
    made = [
        helper.make_node(kind, [given], [made], **({"to": TensorProto.FLOAT} if kind == "Cast" else {}))
        for kind, given, made in zip(nodes, tensors, tensors[1:], strict=False)
    ]
    row = helper.make_tensor_value_info("row", TensorProto.FLOAT, ["b", 1])
    graph = helper.make_graph(made, "g", [row], [helper.make_tensor_value_info("score", TensorProto.FLOAT, output)])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9), path)
    return str(path)


@pytest.mark.parametrize(
    ("nodes", "second"),
    [
        (["Sigmoid"], expit),
        (["Sigmoid", "Identity", "Cast"], expit),
        (["Identity"], expit),
        (["Neg"], lambda row: expit(-row)),
        (["Neg", "Sigmoid"], lambda row: expit(-row)),
        (["Sigmoid", "Neg"], lambda row: expit(-expit(row))),
    ],
)
def test_one_column_is_p_and_one_minus_p(tmp_path, nodes, second):
    model = load_model(save_one_column(tmp_path / "m.onnx", *nodes))
    rows = np.array([[-40.0], [-1.0], [0.0], [2.0]], np.float32)
    probabilities = model.probabilities(rows)
    assert model.classes == 2
    np.testing.assert_allclose(probabilities[:, 1], second(rows[:, 0]), atol=1e-6)
    np.testing.assert_allclose(probabilities.sum(1), 1, atol=1e-6)


@pytest.mark.filterwarnings("ignore:.*taken to be the classes", "ignore:.*instead of the given embedding")
@pytest.mark.parametrize("is_linear", [False, True])
@pytest.mark.parametrize("ending", ["Identity", "Sigmoid"])
def test_a_study_gets_features_and_both_probabilities_of_one_column(tmp_path, ending, is_linear):
    nodes = [
        helper.make_node("Identity", ["rows"], ["hidden"]),
        helper.make_node("Gemm", ["rows" if is_linear else "hidden", "weight"], ["logit"]),
        helper.make_node(ending, ["logit"], ["score"]),
    ]
    graph = helper.make_graph(
        nodes, "g", [helper.make_tensor_value_info("rows", TensorProto.FLOAT, ["b", 3])],
        [helper.make_tensor_value_info("score", TensorProto.FLOAT, ["b", 1])],
        [numpy_helper.from_array(WEIGHT[:, :1], "weight")],
    )  # fmt: skip
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9), tmp_path / "m.onnx")
    rows = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)
    given = -rows
    study = Study.build(
        inputs=rows, embedding=given, labels=[0, 0, 1, 1], class_names=["no", "yes"], model=str(tmp_path / "m.onnx")
    )
    study = add_model_outputs(study)
    np.testing.assert_allclose(study.embedding, given if is_linear else rows, atol=1e-6)
    np.testing.assert_allclose(study.probabilities[:, 1], expit(rows @ WEIGHT[:, 0]), atol=1e-5)


def test_a_graph_without_scores_is_named(tmp_path):
    with pytest.raises(ModelError) as raised:
        load_model(save_one_column(tmp_path / "m.onnx", "Squeeze", output=["b"]))
    assert "has no output (b, c) of floats with one score a class. Export a classifier." in str(raised.value)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"shape": ("b", 5, 6, 3), "order": "NHWC"}, lambda given: normalized(given)),
        ({"number": TensorProto.UINT8}, lambda given: given),
        ({"mean": "0,0,0", "std": "1,1,1"}, lambda given: given / 255),
        ({"mean": "0.5,0.5,0.5"}, lambda given: (given / 255 - 0.5) / np.array([0.229, 0.224, 0.225])),
    ],
)
def test_pictures_are_given_as_the_file_wants_them(tmp_path, settings, expected):
    model = load_model(save(tmp_path / "m.onnx", **settings))
    given = pictures(2, 5, 6, 3)
    np.testing.assert_allclose(model.embed(given), expected(given).mean((1, 2)), rtol=1e-4, atol=1e-4)


def test_one_channel_is_gray_from_0_to_1(tmp_path):
    model = load_model(save(tmp_path / "m.onnx", shape=("b", 1, 5, 6)))
    given = pictures(2, 5, 6)
    np.testing.assert_allclose(model.embed(given)[:, 0], given.mean((1, 2)) / 255, rtol=1e-4)


def test_open_sizes_become_224(tmp_path):
    model = load_model(save(tmp_path / "m.onnx", shape=("b", 3, "h", "w")))
    assert (model.entry.preparation.height, model.entry.preparation.width) == (224, 224)


def test_rows_of_numbers_are_given_as_they_are(tmp_path):
    model = load_model(save(tmp_path / "m.onnx", shape=("b", 3)))
    rows = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)
    np.testing.assert_allclose(model.embed(rows), rows, atol=1e-6)


def test_a_fixed_batch_is_filled_up(tmp_path):
    fixed, free = load_model(save(tmp_path / "a.onnx", shape=(4, 3, 5, 6))), load_model(save(tmp_path / "b.onnx"))
    given = pictures(6, 5, 6, 3)
    np.testing.assert_allclose(fixed.probabilities(given), free.probabilities(given), atol=1e-6)


def test_without_a_gemm_there_are_probabilities_only(tmp_path):
    model = load_model(save(tmp_path / "m.onnx", last="MatMul"))
    assert model.probabilities(pictures(2, 5, 6, 3)).shape == (2, 4)
    with pytest.raises(ModelError) as raised:
        model.embed(pictures(2, 5, 6, 3))
    assert str(raised.value) == (
        "ONNX model (m.onnx) has probabilities only: its graph does not end in a Gemm whose input could be "
        "the features. Name a tensor of it as layer."
    )


def test_a_tensor_can_be_named(tmp_path):
    path = save(tmp_path / "m.onnx", last="MatMul")
    assert load_model(path, layer="pooled").embed(pictures(2, 5, 6, 3)).shape == (2, 3)
    assert load_model(path, layer="floats").embed(pictures(2, 5, 6, 3)).shape == (2, 3)
    with pytest.raises(ModelError) as raised:
        load_model(path, layer="pool")
    assert str(raised.value) == ("ONNX model (m.onnx) has no tensor 'pool'. Its last ones: floats, pooled, scores.")


def test_other_inputs_are_refused(tmp_path):
    path = save(tmp_path / "m.onnx", shape=("b", 2, 5, 6))
    with pytest.raises(ModelError) as raised:
        load_model(path)
    assert str(raised.value) == (
        "ONNX model (m.onnx) takes an input of tensor(float) and shape ['b', 2, 5, 6]; only pictures with 1 or 3 "
        "channels and rows of numbers can be given."
    )
    with pytest.raises(ModelError, match=r"^ONNX model \(r\.onnx\) cannot take an input of shape \(2, 9\): "):
        load_model(save(tmp_path / "r.onnx", shape=("b", 3))).probabilities(np.zeros((2, 9), np.float32))


@pytest.mark.parametrize("value", ["0.5", "a,b,c"])
def test_a_broken_mean_is_named(tmp_path, value):
    path = save(tmp_path / "m.onnx", mean=value)
    with pytest.raises(ModelError) as raised:
        load_model(path)
    assert str(raised.value) == (
        "ONNX model (m.onnx): its metadata property mean must be 3 comma-separated numbers; "
        f"it is '{value}'. Correct it."
    )


def test_names_must_match_the_outputs(tmp_path):
    path = save(tmp_path / "m.onnx")
    assert load_model(path, class_names="abcd").class_names == ("a", "b", "c", "d")
    with pytest.raises(ModelError, match=r"^ONNX model \(m\.onnx\) has 4 outputs, but 2 class names came with it\. "):
        load_model(path, class_names="ab")


def test_a_missing_or_damaged_file_is_named(tmp_path):
    with pytest.raises(ModelError, match=r"^There is no model file '.*no\.onnx'\. Check the path\.$"):
        load_model(str(tmp_path / "no.onnx"))
    (tmp_path / "bad.onnx").write_bytes(b"garbage")
    with pytest.raises(ModelError, match=r"^'.*bad\.onnx' is not a readable ONNX model: "):
        load_model(str(tmp_path / "bad.onnx"))


@pytest.mark.parametrize("package", ["onnx", "onnxruntime"])
def test_a_missing_extra_is_named(tmp_path, monkeypatch, package):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ModelError) as raised:
        load_model(str(tmp_path / "m.onnx"))
    assert str(raised.value) == (
        f"An ONNX model needs the package {package}, which is not installed. Run: pip install onnxruntime onnx"
    )


RUNS = """
import sys
import numpy as np
from margin_core.study.models import load_model
model = load_model(sys.argv[1])
model.probabilities(np.zeros((1, *model.entry.sample), np.uint8))
"""


@pytest.mark.slow  # A process of its own.
def test_running_a_model_leaves_no_trace_outside(tmp_path):
    """Onnxruntime would write a device id and what it ran below the home folder, and send it."""
    home = tmp_path / "home"
    home.mkdir()
    env = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"} | {"HOME": str(home)}
    ended = subprocess.run(
        [sys.executable, "-c", RUNS, save(tmp_path / "m.onnx")],
        env=env,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert ended.returncode == 0, ended.stderr
    assert not [path for path in home.rglob("*") if "Microsoft" in str(path) or path.suffix == ".db"]
