"""Models that a function of the user's own makes."""

import sys

import numpy as np
import pytest

from margin_core.errors import ModelError
from margin_core.study.models import load_model

CODE = """
import numpy as np
from torch import nn
from margin_core.study.models.preparation import Preparation
from margin_core.study.models.torch_model import TorchModel

def network():
    return nn.Sequential(nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(12, 3))

def prepared():
    rule = Preparation(8, 8, (0.0,) * 3, (255.0,) * 3)
    return TorchModel.of(network(), rule, architecture="mine", description="my network")

class BlackBox:
    fingerprint = "f1"
    def probabilities(self, inputs):
        return [[0.25, 0.75]] * len(inputs)

class Full(BlackBox):
    description = "a full model"
    class_names = ("a", "b")
    def embed(self, inputs):
        return np.ones((len(inputs), 7))

class Failing(BlackBox):
    description = "Fails when asked"
    def probabilities(self, inputs):
        raise ZeroDivisionError("no such")
    embed = probabilities

def rows():
    return nn.Linear(13, 3)

class Nameless:
    def probabilities(self, inputs):
        return []

def broken():
    raise KeyError("weights")

def text():
    return "model"
"""


@pytest.fixture(autouse=True)
def _code(tmp_path, monkeypatch):
    (tmp_path / "own_models.py").write_text(CODE)
    monkeypatch.chdir(tmp_path)
    yield
    sys.modules.pop("own_models", None)


def made(factory: str, **settings):
    return load_model(f"own_models:{factory}", allow_code=True, **settings)


def test_code_is_not_even_imported_unless_allowed():
    with pytest.raises(ModelError, match="names code to run"):
        load_model("own_models:network")
    assert "own_models" not in sys.modules


def test_a_network_is_shown_pictures_as_of_imagenet():
    model = made("network", class_names=["a", "b", "c"])
    embedding, probabilities = model.both(np.zeros((2, 9, 9), np.uint8))
    assert embedding.shape == (2, 12)
    assert probabilities.shape == (2, 3)
    assert (model.preparation.height, model.description) == (224, "own_models:network")


def test_a_network_may_bring_its_own_preparation():
    assert made("prepared").preparation.height == 8


def test_an_object_without_features_is_a_black_box():
    model = made("BlackBox")
    answer = model.probabilities(np.zeros((3, 2)))
    assert answer.dtype == np.float32
    assert answer.shape == (3, 2)
    assert (model.fingerprint, model.description, model.class_names) == ("f1", "own_models:BlackBox", ())
    assert not hasattr(model, "embed")


def test_an_object_with_features_gives_both():
    model = made("Full")
    embedding, probabilities = model.both(np.zeros((3, 2)))
    assert (embedding.shape, probabilities.shape) == ((3, 7), (3, 2))
    assert (model.description, model.class_names) == ("a full model", ("a", "b"))


def test_an_object_that_fails_says_how_in_one_sentence():
    for method in ("probabilities", "embed"):
        with pytest.raises(ModelError, match=rf"^Fails when asked: {method}\(\) failed: ZeroDivisionError: no such$"):
            getattr(made("Failing"), method)([])


def test_a_network_that_takes_no_pictures_is_refused_with_what_to_return():
    with pytest.raises(ModelError, match=r"cannot take pictures of 3 x 224 x 224 .* For other pictures return "):
        made("rows")


def test_the_current_folder_is_forgotten_again():
    before = list(sys.path)
    made("network")
    assert sys.path == before


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (
            "no_such:make",
            "'no_such:make' cannot be loaded: there is no module 'no_such'. "
            "Install it, or start from the folder that holds it.",
        ),
        (
            "own_models:nothing",
            "'own_models:nothing' cannot be loaded: module 'own_models' has no attribute 'nothing'.",
        ),
        ("own_models:broken", "'own_models:broken' failed: KeyError: 'weights'"),
        (
            "own_models:text",
            "'own_models:text' returned a str; expected a torch.nn.Module, or an object with fingerprint and "
            "probabilities(inputs).",
        ),
        (
            "own_models:Nameless",
            "'own_models:Nameless' returned a Nameless; expected a torch.nn.Module, or an object with fingerprint and "
            "probabilities(inputs).",
        ),
    ],
)
def test_what_goes_wrong_is_one_sentence(spec, message):
    with pytest.raises(ModelError) as raised:
        load_model(spec, allow_code=True)
    assert str(raised.value) == message
