import pytest

from margin_core.storage.engine import Run
from margin_core.storage.workspace import Workspace
from margin_core.study import load_study
from margin_core.study.models import named_model
from margin_core.study.models.named_model import DEFAULT, NamedModel
from margin_core.values import EmbeddingModel


class Described:
    description = "Told"
    class_names = ("a", "b")

    def __init__(self, fingerprint="1", **facts):
        self.fingerprint = fingerprint
        vars(self).update(facts)


@pytest.fixture
def load(monkeypatch):
    def give(model):
        monkeypatch.setattr(named_model, "load_model", lambda spec, **_: model)

    return give


def test_what_it_says_of_itself_is_remembered(load, tmp_path):
    workspace = Workspace.at(tmp_path / "w.margin")
    load(Described(classes=2))
    first = NamedModel(DEFAULT, None, Run(workspace))
    assert (first.fingerprint, first.description, first.class_names, first.classes) == ("1", "Told", ("a", "b"), 2)
    load(None)
    again = NamedModel(DEFAULT, None, Run(workspace))
    assert (again.fingerprint, again.description, again.class_names, again.classes) == ("1", "Told", ("a", "b"), 2)
    assert isinstance(again, EmbeddingModel)
    assert again.gives_features


@pytest.mark.parametrize("change", ["weights", "layer"])
def test_other_weights_or_another_layer_are_another_model(load, tmp_path, change):
    weights = tmp_path / "w.pt"
    weights.write_text("one")
    workspace = Workspace.at(tmp_path / "w.margin")
    load(Described("1"))
    assert NamedModel(f"resnet18:{weights}", None, Run(workspace)).fingerprint == "1"
    if change == "weights":
        weights.write_text("two")
    load(Described("2"))
    layer = "avgpool" if change == "layer" else None
    assert NamedModel(f"resnet18:{weights}", layer, Run(workspace)).fingerprint == "2"


@pytest.mark.parametrize("without", ["tap", "features"])
def test_a_model_may_have_no_features_to_give(load, without):
    load(Described(**{without: None}))
    assert not NamedModel(DEFAULT, None, Run()).gives_features


def test_weights_beside_an_onnx_file_belong_to_it(load, tmp_path):
    """An exporter leaves the weights to a file of their own, and may write the same graph for others."""
    model, beside, unrelated = (tmp_path / name for name in ("m.onnx", "m.onnx.data", "n.onnx.data"))
    for file in (model, beside, unrelated):
        file.write_text("one")
    workspace = Workspace.at(tmp_path / "w.margin")
    load(Described("1"))
    assert NamedModel(str(model), None, Run(workspace)).fingerprint == "1"
    load(Described("2"))
    unrelated.write_text("two")
    assert NamedModel(str(model), None, Run(workspace)).fingerprint == "1"
    beside.write_text("two")
    assert NamedModel(str(model), None, Run(workspace)).fingerprint == "2"


@pytest.mark.slow
def test_the_default_looks_at_real_pictures(pets):
    study = load_study(pets)
    assert study.features == "EfficientNet-Lite0 (ImageNet), 1,280 dimensions"
    assert study.embedding.shape == (6, 1280)
    assert study.maybe_probabilities is None
