"""Specifications of models: what each loads, and how an unknown one is refused."""

import pytest
import torch

from margin_core.errors import ModelError
from margin_core.study.models import load_model
from margin_core.study.models.small_cnn import SmallCnn


def refusal(spec: str, **settings) -> str:
    with pytest.raises(ModelError) as raised:
        load_model(spec, **settings)
    return str(raised.value)


def test_weights_may_be_named_apart(tmp_path):
    torch.save(SmallCnn(8, 8, 3, channels=(2, 2), hidden=4).state_dict(), tmp_path / "w.pt")
    together, apart = load_model(f"small_cnn:{tmp_path / 'w.pt'}"), load_model("small_cnn", weights=tmp_path / "w.pt")
    assert together.fingerprint == apart.fingerprint
    assert refusal("small_cnn:a.pt", weights="b.pt") == "The weights are named twice: 'a.pt' and 'b.pt'. Leave one out."


@pytest.mark.parametrize(
    ("spec", "near"), [("resnet81:w.pt", "resnet18"), ("efficientnet-lite", "efficientnet-lite0"), ("??", "resnet18")]
)
def test_an_unknown_architecture_gets_similar_names(spec, near):
    name = spec.partition(":")[0]
    message = refusal(spec)
    assert message.startswith(f"No model is known as '{name}'. Near to it: ")
    assert near in message
    assert message.endswith(
        "Any classifier of torchvision can be named, with its weights: resnet18:weights.safetensors."
    )


def test_an_architecture_needs_weights():
    assert refusal("resnet18") == (
        "'resnet18' needs weights. Write resnet18:weights.safetensors, or resnet18:IMAGENET1K_V1 for published ones."
    )
    assert refusal("small_cnn") == "'small_cnn' needs weights. Write small_cnn:weights.safetensors."


def test_weights_need_an_architecture():
    assert refusal("pets.pt") == (
        "'pets.pt' is a weights file without its architecture. Write, for example, resnet18:pets.pt."
    )
    assert refusal("pets.safetensors") == "There is no weights file 'pets.safetensors'. Check the path."


@pytest.mark.parametrize("spec", ["resnet18", "efficientnet-lite0", "small_cnn"])
def test_a_missing_weights_file_is_named(spec):
    assert refusal(f"{spec}:no/such.pt") == "There is no weights file 'no/such.pt'. Check the path."


def test_what_is_no_plain_classifier_is_unknown():
    assert refusal("fasterrcnn_resnet50_fpn:w.pt").startswith("No model is known as 'fasterrcnn_resnet50_fpn'.")


@pytest.mark.parametrize("name", ["googlenet", "inception_v3"])
def test_what_weights_do_not_determine_has_another_way_in(name):
    assert refusal(f"{name}:w.pt") == (
        f"'{name}' cannot be loaded by its name: its weights do not say how its input was scaled. "
        "Export it as ONNX, or return it from a function of your own and name that: package.module:factory."
    )


def test_code_is_refused_unless_allowed():
    assert refusal("os.path:getcwd") == (
        "'os.path:getcwd' names code to run, which only the person who starts the program may do: "
        "margin open SOURCE --model os.path:getcwd."
    )
    assert "--model resnet19:weights. If you mean an architecture: resnet18, " in refusal("resnet19:weights")


def test_code_and_onnx_bring_their_own_weights():
    assert refusal("a.b:make", weights="w.pt", allow_code=True) == "'a.b:make' makes its own weights; leave out 'w.pt'."
    assert refusal("a.onnx", weights="w.pt") == "'a.onnx' has its own weights; leave out 'w.pt'."
