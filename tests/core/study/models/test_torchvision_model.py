"""Torchvision's classifiers, by name."""

from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch
from torchvision import models

from margin_core.errors import ModelError
from margin_core.study.models import load_model
from margin_core.study.models.torchvision_model import architectures, load_torchvision

ARCHITECTURE = "shufflenet_v2_x0_5"


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return models.get_model(ARCHITECTURE, weights=None, num_classes=3).eval()


@pytest.fixture(scope="module")
def weights(network, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "pets.safetensors"
    safetensors.torch.save_file(network.state_dict(), path, metadata={"class_names": '["cat", "dog", "hen"]'})
    return path


@pytest.fixture(scope="module")
def model(weights):
    return load_model(f"{ARCHITECTURE}:{weights}")


def test_it_answers_as_torchvision_does(model, network):
    given = np.random.default_rng(0).integers(0, 256, (2, 224, 224, 3), dtype=np.uint8)
    prepared = models.get_model_weights(ARCHITECTURE).DEFAULT.transforms()
    normalized = (given / 255 - np.array(prepared.mean)) / np.array(prepared.std)
    with torch.inference_mode():
        expected = network(torch.from_numpy(normalized.transpose(0, 3, 1, 2)).float()).softmax(1)
    embedding, probabilities = model.both(given)
    np.testing.assert_allclose(probabilities, expected, atol=1e-4)
    assert embedding.shape == (2, 1024)


def test_classes_and_names_come_from_the_file(model):
    assert model.classes == 3
    assert model.class_names == ("cat", "dog", "hen")
    assert model.description == f"{ARCHITECTURE} (pets.safetensors)"


def test_given_names_come_first(weights):
    assert load_model(f"{ARCHITECTURE}:{weights}", class_names=["a", "b", "c"]).class_names == ("a", "b", "c")


def test_weights_of_another_architecture_are_named(weights):
    with pytest.raises(ModelError) as raised:
        load_model(f"squeezenet1_1:{weights}")
    message = str(raised.value)
    assert message.startswith(f"The weights in '{weights}' do not fit squeezenet1_1: 52 missing: classifier.1.bias, ")
    assert message.endswith("Name the architecture that they were saved from.")


def test_the_last_layer_of_squeezenet_is_a_convolution(tmp_path):
    torch.save(models.squeezenet1_1(num_classes=4).state_dict(), tmp_path / "w.pt")
    squeezenet = load_model(f"squeezenet1_1:{tmp_path / 'w.pt'}")
    embedding, probabilities = squeezenet.both(np.zeros((1, 30, 40), np.uint8))
    assert embedding.shape == (1, 512)
    assert probabilities.shape == (1, 4)


def test_layers_that_insist_on_a_version_get_it(tmp_path):
    path = tmp_path / "w.safetensors"
    safetensors.torch.save_file(models.mnasnet0_5(num_classes=2).state_dict(), path)
    assert load_model(f"mnasnet0_5:{path}").classes == 2


@pytest.mark.slow
def test_networks_that_count_while_being_built_load(tmp_path):
    torch.save(models.regnet_x_400mf(num_classes=2).state_dict(), tmp_path / "w.pt")
    assert load_model(f"regnet_x_400mf:{tmp_path / 'w.pt'}").classes == 2


def test_the_picture_size_of_a_transformer_is_read_off_its_weights(tmp_path, monkeypatch):
    def tiny_vit(name, *, weights, image_size=224):
        return models.VisionTransformer(image_size, 16, num_layers=1, num_heads=1, hidden_dim=8, mlp_dim=8)

    torch.save(models.VisionTransformer(48, 16, 1, 1, 8, 8, num_classes=2).state_dict(), tmp_path / "w.pt")
    monkeypatch.setattr(models, "get_model", tiny_vit)
    vit = load_torchvision("vit_b_16", tmp_path / "w.pt", (), None)
    assert (vit.preparation.height, vit.preparation.width) == (48, 48)
    assert vit.embed(np.zeros((1, 9, 9), np.uint8)).shape == (1, 8)


def test_the_usual_architectures_are_known():
    assert {"resnet18", "mobilenet_v3_small", "vit_b_16", "swin_t", "convnext_tiny"} <= set(architectures())
