"""The fastest way to run a network, found by a short probe."""

import gc
import weakref

import numpy as np
import pytest
import torch
from networks import NETWORKS, model
from scipy.special import softmax
from torch import nn

from margin_core.study.models import runtime
from margin_core.study.models.onnx_file import load_onnx
from margin_core.study.models.preparation import Preparation
from margin_core.study.models.runtime import (
    eager,
    find_exported,
    find_runtime,
    onnxruntime,
    predict_prepared,
    select_fastest_runtime,
)
from margin_core.study.models.torch_model import TorchModel


def prepared(n, side=32):
    return np.random.default_rng(0).standard_normal((n, 3, side, side)).astype(np.float32)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(NETWORKS))
def test_whatever_is_chosen_gives_the_logits_of_the_network(name):
    given = model(name)
    found = select_fastest_runtime(given, ("eager", "onnxruntime"))
    for n in (1, 5):
        np.testing.assert_allclose(found.logits(prepared(n)), eager(given)(prepared(n)), rtol=1e-3, atol=1e-4)
    other = {"eager": "onnxruntime", "onnxruntime": "eager"}[found.name]
    assert len(found.rejected) == 1 and found.rejected[0].startswith(f"{other}: ")
    assert found.pictures_a_second > 0


def test_probabilities_are_those_that_the_model_gives(monkeypatch):
    given = model("plain")
    pictures = np.random.default_rng(0).integers(0, 256, (4, 32, 32, 3), dtype=np.uint8)
    found = predict_prepared(given, given.preparation(pictures).numpy())
    np.testing.assert_allclose(found, given.probabilities(pictures), atol=1e-5)


@pytest.mark.parametrize("name", ["plain", pytest.param("vit", marks=pytest.mark.slow)])
def test_an_exported_network_has_the_features_too(name):
    given = model(name)
    pictures = np.random.default_rng(1).integers(0, 256, (5, 32, 32, 3), dtype=np.uint8)
    logits, features = find_exported(given).outputs(given.preparation(pictures).numpy())
    expected, probabilities = given.both(pictures)
    np.testing.assert_allclose(features, expected, rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(softmax(logits, axis=1), probabilities, atol=1e-4)
    assert find_exported(given) is find_exported(given)
    assert not given.module.training


def test_a_batch_is_split_between_the_cores(monkeypatch):
    network = onnxruntime(model("plain"))
    monkeypatch.setattr(runtime, "count_cores", lambda: 3)
    parts = []

    class Session:
        def run(self, names, given):
            parts.append(len(given["pictures"]))
            return network.session.run(names, given)

    split = runtime.ExportedNetwork(Session())(prepared(20))
    assert sorted(parts) == [6, 7, 7]
    np.testing.assert_allclose(split, eager(model("plain"))(prepared(20)), rtol=1e-3, atol=1e-4)
    assert network(prepared(0)).shape == (0, 4)


def test_a_network_that_cannot_be_exported_is_run_by_torch():
    assert find_exported(odd()) is None


def test_a_network_whose_features_come_out_otherwise_is_run_by_torch(monkeypatch):
    monkeypatch.setattr(runtime.ExportedNetwork, "outputs", lambda self, pictures: (self(pictures), pictures))
    assert find_exported(odd_but_exportable()) is None


def odd_but_exportable():
    network = nn.Sequential(nn.Flatten(), nn.Linear(3 * 8 * 8, 2))
    return TorchModel.of(network, Preparation(8, 8, (0.0,) * 3, (1.0,) * 3), architecture="flat", description="flat")


def test_the_faster_one_is_taken(monkeypatch):
    speeds = {"eager": 3.0, "onnxruntime": 2.0}
    monkeypatch.setattr(runtime, "time_runtimes", lambda runtimes, pictures: {name: speeds[name] for name in runtimes})
    found = select_fastest_runtime(model("plain"), ("onnxruntime",))
    assert (found.name, found.pictures_a_second) == ("eager", 3.0)
    assert found.rejected == ("onnxruntime: 2.0 pictures a second",)


def test_a_missing_package_leaves_torch_as_it_is(monkeypatch):
    def missing(name):
        raise ModuleNotFoundError(f"No module named '{name}'", name=name)

    monkeypatch.setattr(runtime, "import_onnx_package", missing)
    found = select_fastest_runtime(model("plain"), ("onnxruntime",))
    assert (found.name, found.rejected) == ("eager", ("onnxruntime: onnxruntime is not installed",))


class Odd(nn.Module):
    """A network that no exporter follows: what it does depends on the values that it sees."""

    def __init__(self):
        super().__init__()
        self.classes = nn.Linear(3 * 8 * 8, 2)

    def forward(self, pictures):
        values = self.classes(pictures.flatten(1))
        return values if torch.linalg.svdvals(values).sum() > 1e9 else torch.special.bessel_j0(values)


def odd():
    return TorchModel.of(Odd(), Preparation(8, 8, (0.0,) * 3, (1.0,) * 3), architecture="odd", description="odd")


def test_a_network_that_cannot_be_exported_stays_eager():
    found = select_fastest_runtime(odd(), ("onnxruntime",))
    assert found.name == "eager"
    assert found.rejected[0].startswith("onnxruntime: cannot export this network (")


def test_a_way_that_gives_other_logits_is_refused(monkeypatch):
    monkeypatch.setitem(runtime.RUNTIMES, "wrong", lambda given: lambda pictures: eager(given)(pictures) + 1)
    found = select_fastest_runtime(model("plain"), ("wrong",))
    assert found.rejected == ("wrong: has other logits (by 1)",)


def test_a_way_that_fails_is_named(monkeypatch):
    def fails(given):
        def logits(pictures):
            raise RuntimeError("no such operator\nand more")

        return logits

    monkeypatch.setitem(runtime.RUNTIMES, "failing", fails)
    assert select_fastest_runtime(model("plain"), ("failing",)).rejected == (
        "failing: cannot run this network (no such operator)",
    )


@pytest.mark.slow
def test_it_is_found_once_and_does_not_keep_the_model():
    given = odd()
    assert find_runtime(given) is find_runtime(given)
    watched = weakref.ref(given)
    del given
    gc.collect()
    assert watched() is None


def test_an_onnx_file_is_asked_in_its_own_runtime(tmp_path):
    given = model("plain")
    path = tmp_path / "plain.onnx"
    path.write_bytes(runtime.export_to_onnx(given))
    loaded = load_onnx(path, (), None)
    found = predict_prepared(loaded, prepared(40))
    logits = eager(given)(prepared(40)).astype(float)
    np.testing.assert_allclose(found, np.exp(logits) / np.exp(logits).sum(1, keepdims=True), atol=1e-5)
