"""Real architectures by name: their probabilities are torchvision's own, their features what enters the last layer."""

import json

import numpy as np
import pytest
import safetensors.torch
import torch
from PIL import Image
from torchvision import models

from margin_core.study import load_study
from margin_core.study.models import load_model
from margin_core.study.models.preparation import imagenet_preparation
from margin_core.study.models.torch_model import TorchModel

LAST = {
    "resnet18": ("fc", 512),
    "mobilenet_v3_small": ("classifier.3", 1024),
    "squeezenet1_1": ("classifier.1", 512),
    "shufflenet_v2_x0_5": ("fc", 1024),
    "regnet_y_400mf": ("fc", 440),
}
"""The layer that makes the logits, by its name in torchvision, and how many features enter it."""

HEAVY = {
    "densenet121": ("classifier", 1024),
    "efficientnet_b0": ("classifier.1", 1280),
    "convnext_tiny": ("classifier.2", 768),
    "vgg11": ("classifier.6", 4096),
    "swin_t": ("head", 768),
    "vit_b_16": ("heads.head", 768),
}

NAMES = ("cat", "dog", "hen")


def built(name):
    torch.manual_seed(0)
    return models.get_model(name, weights=None, num_classes=len(NAMES)).eval()


def saved(network, path):
    """Write weights as training scripts do."""
    if path.suffix == ".pth":
        torch.save(network.state_dict(), path)
    else:
        weights = {name: values.contiguous() for name, values in network.state_dict().items()}
        safetensors.torch.save_file(weights, path, metadata={"class_names": json.dumps(NAMES)})
    return path


def prepared(name, pictures):
    """Normalize pictures of the right size as torchvision states it for the architecture."""
    stated = models.get_model_weights(name).DEFAULT.transforms()
    pixels = (pictures / 255 - np.array(stated.mean)) / np.array(stated.std)
    return torch.from_numpy(pixels.transpose(0, 3, 1, 2)).float()


def answered(network, layer, pictures):
    """Compute by the network itself what enters a layer, and its probabilities."""
    entered = []
    hook = network.get_submodule(layer).register_forward_pre_hook(lambda _, inputs: entered.append(inputs[0]))
    with torch.inference_mode():
        probabilities = network(pictures).softmax(1)
    hook.remove()
    features = entered[-1]
    return (features.mean((2, 3)) if features.ndim == 4 else features).numpy(), probabilities.numpy()


def holds(name, layer, width, path):
    network = built(name)
    model = load_model(f"{name}:{saved(network, path)}")
    path.unlink()  # Half a gigabyte for VGG.
    given = np.random.default_rng(0).integers(0, 256, (2, 224, 224, 3), dtype=np.uint8)
    features, probabilities = answered(network, layer, prepared(name, given))
    embedding, opinion = model.both(given)
    assert embedding.shape == features.shape == (2, width)
    np.testing.assert_allclose(embedding, features, rtol=1e-3, atol=1e-4 * np.abs(features).max())
    np.testing.assert_allclose(opinion, probabilities, atol=1e-5)
    assert model.classes == len(NAMES)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "layer", "width"), [(name, *last) for name, last in LAST.items()])
def test_a_named_architecture_answers_as_itself(name, layer, width, tmp_path):
    holds(name, layer, width, tmp_path / "w.safetensors")


@pytest.mark.slow
@pytest.mark.parametrize(("name", "layer", "width"), [(name, *last) for name, last in HEAVY.items()])
def test_a_large_architecture_answers_as_itself(name, layer, width, tmp_path):
    holds(name, layer, width, tmp_path / "w.pth")


@pytest.mark.slow
@pytest.mark.parametrize(("name", "side", "width"), [("googlenet", 224, 1024), ("inception_v3", 299, 2048)])
def test_side_outputs_are_not_taken_for_the_last_layer(name, side, width):
    """These two come from the user's own code; their side branches end in layers as wide as the last."""
    network = models.get_model(name, weights=None, num_classes=3, aux_logits=True, init_weights=False).train()
    model = TorchModel.of(
        network, imagenet_preparation(side, side, (0.5,) * 3, (0.5,) * 3), architecture=name, description=name
    )
    embedding, probabilities = model.both(np.random.default_rng(0).integers(0, 256, (1, side, side), dtype=np.uint8))
    assert embedding.shape == (1, width)
    expected = network.fc(torch.from_numpy(embedding)).softmax(1).detach()
    np.testing.assert_allclose(probabilities, expected, atol=1e-5)


@pytest.mark.filterwarnings("ignore:.*taken to be the classes of the study")
@pytest.mark.slow
@pytest.mark.parametrize("ending", ["pth", "safetensors"])
def test_a_folder_of_pictures_opens_with_a_named_model(tmp_path, ending):
    """From files on a disk to the study: the classes come in the order of the folders, not of the network."""
    random = np.random.default_rng(0)
    pictures = random.integers(0, 256, (6, 224, 224, 3), dtype=np.uint8)
    order = ("hen", "dog", "cat") if ending == "safetensors" else NAMES
    for number, picture in enumerate(pictures):
        folder = tmp_path / "pets" / NAMES[number // 2]
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture).save(folder / f"{number}.png")
    network = built("mobilenet_v3_small")
    path = tmp_path / f"w.{ending}"
    if ending == "pth":
        torch.save({"state_dict": {f"module.{name}": value for name, value in network.state_dict().items()}}, path)
    else:
        safetensors.torch.save_file(network.state_dict(), path, metadata={"class_names": json.dumps(order)})
    study = load_study(tmp_path / "pets", model=f"mobilenet_v3_small:{path}")
    features, probabilities = answered(network, "classifier.3", prepared("mobilenet_v3_small", pictures))
    np.testing.assert_allclose(study.embedding, features, rtol=1e-3, atol=1e-4 * np.abs(features).max())
    assert study.class_names == NAMES
    columns = [order.index(name) for name in NAMES]
    np.testing.assert_allclose(study.probabilities, probabilities[:, columns], atol=1e-5)
    assert not study.out_of_sample
    without = ", without the prefix 'module.'" if ending == "pth" else ""
    assert study.features == f"mobilenet_v3_small (w.{ending}{without}), 1,024 dimensions"
