import os

import pytest

from margin_core.study.models.model_spec import ModelSpec


@pytest.mark.parametrize(("spec", "architecture", "weights"), [
    ("efficientnet-lite0", "efficientnet-lite0", None), ("resnet18:a/w.safetensors", "resnet18", "a/w.safetensors"),
    ("m.onnx", "", "m.onnx"), ("a.b:factory", "a.b:factory", None), ("resnet18:C:/w.pt", "resnet18", "C:/w.pt"),
])  # fmt: skip
def test_the_weights_are_found(spec, architecture, weights):
    assert ModelSpec.of(spec) == ModelSpec(architecture, weights)
    assert str(ModelSpec.of(spec)) == spec


def test_weights_are_named_by_their_full_path():
    assert str(ModelSpec.of("resnet18:w.pt").absolute()) == f"resnet18:{os.path.abspath('w.pt')}"
    assert str(ModelSpec.of("a.b:factory").absolute()) == "a.b:factory"
