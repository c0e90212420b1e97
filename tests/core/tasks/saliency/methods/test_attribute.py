"""Every method on every kind of network, without a setting made by hand; what cannot be is refused."""

import threading
from dataclasses import replace

import networks
import numpy as np
import pytest
import torch
from networks import PatchModel

from margin_core.errors import Cancelled, ModelError, ParameterError
from margin_core.tasks.saliency.methods import (
    BLACK_BOX,
    METHODS,
    attribute,
    black_box,
    find_published_method,
    lime,
    rise,
)

INSIDE = [method for method in METHODS if method.needs_gradients]
by_name = {"ids": lambda method: method.name}


@pytest.fixture(autouse=True)
def _fewer_samples(monkeypatch):
    monkeypatch.setattr(rise, "MASKS", 64)
    monkeypatch.setattr(lime, "N_MASKS", 64)


PAIRS = [(method, name) for name in networks.NETWORKS for method in INSIDE]
PAIRS += [(method, name) for name in ("vit", "swin") for method in BLACK_BOX]


@pytest.mark.slow
@pytest.mark.parametrize(("method", "name"), PAIRS, ids=[f"{method.name}-{name}" for method, name in PAIRS])
def test_every_method_goes_through_every_network(method, name):
    model, picture = networks.model(name), networks.picture()
    found = attribute(method.name, model, picture)
    assert found.shape == picture.shape[:2]
    assert found.dtype == np.float32
    assert found.min() >= 0
    # Of a random network everything may be evidence against the class it predicts, but not against every class.
    assert any(attribute(method.name, model, picture, target).max() == 1 for target in range(networks.CLASSES))


@pytest.mark.parametrize("method", METHODS, **by_name)
def test_the_network_is_left_as_it_was(method):
    model = networks.model("shared")
    before = networks.saved(model.module)
    asking = [weight.requires_grad for weight in model.module.parameters()]
    settings = [getattr(part, "inplace", None) for part in model.module.modules()]
    attribute(method.name, model, networks.picture(), 2)
    assert networks.saved(model.module) == before
    assert [weight.requires_grad for weight in model.module.parameters()] == asking
    assert all(weight.grad is None for weight in model.module.parameters())
    assert [getattr(part, "inplace", None) for part in model.module.modules()] == settings
    assert not model.module.training


@pytest.mark.parametrize("method", METHODS, **by_name)
def test_the_same_map_again_and_by_default_of_the_class_that_the_model_says(method):
    model, picture = networks.model("shared"), networks.picture()
    predicted = int(model.probabilities(picture[None]).argmax())
    np.testing.assert_array_equal(
        attribute(method.name, model, picture), attribute(method.name, model, picture, predicted)
    )


@pytest.mark.parametrize("method", ["grad_cam", "smooth_grad", "deep_lift", "lime"])
def test_threads_do_not_meet(method):
    model = networks.model("shared")
    pictures = [networks.picture(seed=seed) for seed in range(4)]
    alone = [attribute(method, model, picture, 1) for picture in pictures]
    together = [None] * len(pictures)

    def ask(place):
        together[place] = attribute(method, model, pictures[place], 1)

    threads = [threading.Thread(target=ask, args=(place,)) for place in range(len(pictures))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one, other)


def test_in_inference_mode_too():
    with torch.inference_mode():
        assert attribute("gradient", networks.model("shared"), networks.picture(), 1).max() == 1


@pytest.mark.parametrize("method", METHODS, **by_name)
def test_another_class_has_another_map(method):
    model, picture = networks.model("functional"), networks.picture()
    maps = {attribute(method.name, model, picture, target).tobytes() for target in range(networks.CLASSES)}
    assert len(maps) > 1


@pytest.mark.parametrize("method", BLACK_BOX, **by_name)
def test_a_black_box_shows_its_patch(method):
    model = PatchModel()
    for seed in range(3):
        picture = model.picture(seed=seed)
        found = attribute(method.name, model, picture)
        truth = model.truth() > 0
        reach = np.pad(truth, 1)[:-2, :-2] | np.pad(truth, 1)[2:, 2:] | truth  # superpixels do not follow the patch
        assert reach[np.unravel_index(found.argmax(), found.shape)]
        assert found[truth].mean() > 3 * found[~truth].mean() if method.name != "rise" else True
        assert found[truth].mean() > found[~truth].mean()


@pytest.mark.parametrize("method", BLACK_BOX, **by_name)
def test_a_color_picture_of_a_black_box_is_blended_in_color(method, monkeypatch):
    monkeypatch.setattr(rise, "MASKS", 500)

    class Red:
        fingerprint = "red"

        def probabilities(self, inputs):
            assert inputs.dtype == np.uint8 and inputs.shape[1:] == (12, 16, 3)
            red = inputs[:, :6, :8, 0].mean((1, 2)) / 255
            return np.stack([red, 1 - red], axis=1)

    picture = np.zeros((12, 16, 3), np.uint8)
    picture[:6, :8, 0] = 255
    found = attribute(method.name, Red(), picture, 0)
    assert found[:6, :8].mean() > 1.3 * found[6:, 8:].mean()


@pytest.mark.parametrize("method", INSIDE, **by_name)
def test_a_black_box_cannot_be_looked_into(method):
    with pytest.raises(ModelError) as raised:
        attribute(method.name, PatchModel(), PatchModel().picture())
    assert str(raised.value) == (
        f"{method.title} needs the gradients of a torch network; This model only gives probabilities. "
        "Use Occlusion, RISE or LIME."
    )


@pytest.mark.parametrize("method", ["grad_cam", "layer_cam"])
def test_no_activation_map_without_maps(method):
    with pytest.raises(ModelError) as raised:
        attribute(method, networks.model("dense"), networks.picture())
    assert str(raised.value) == (
        "a tiny dense has no feature map with more than one place, so there is no class activation map of it. "
        "Use Gradient × input, Integrated Gradients, DeepLIFT, Occlusion, RISE or LIME."
    )


def test_a_network_without_gradients_says_so():
    model = networks.model("shared")

    class Cut(torch.nn.Module):
        def forward(self, pictures):
            return model.module(pictures.detach())

    with pytest.raises(ModelError, match=r"^Gradient cannot follow the gradients of a tiny shared \(.*\)\. Use Occl"):
        attribute("gradient", replace(model, module=Cut()), networks.picture(), 0)


def test_unknown_methods_classes_and_pictures_are_refused():
    model, picture = networks.model("shared"), networks.picture()
    with pytest.raises(ParameterError) as raised:
        attribute("gradcam", model, picture)
    assert str(raised.value).startswith("There is no saliency method 'gradcam'. Choose one of: grad_cam, layer_cam,")
    with pytest.raises(ParameterError) as raised:
        attribute("occlusion", model, picture, 4)
    assert str(raised.value) == "Class 4 does not exist: the model has 4 classes, 0 to 3."
    with pytest.raises(ParameterError):
        attribute("gradient", model, picture, -1)
    with pytest.raises(ModelError) as raised:
        attribute("gradient", model, picture / 255)
    assert str(raised.value) == (
        "Saliency is shown on pictures: a uint8 array (h, w) or (h, w, 3); got float64 of shape (40, 56, 3). "
        "Open the pictures themselves."
    )


def test_scores_that_overflow_raise():
    model = networks.model("shared")

    class Huge(torch.nn.Module):
        def forward(self, pictures):
            return model.module(pictures * 1e30) ** 3

    with pytest.raises(ModelError, match="holds values that are no numbers"):
        attribute("gradient_x_input", replace(model, module=Huge()), networks.picture(), 0)


def test_work_can_be_stopped():
    def stop(fraction, text):
        raise Cancelled("Stopped.")

    for method in METHODS:
        with pytest.raises(Cancelled):
            attribute(method.name, networks.model("shared"), networks.picture(), 0, stop)


def test_a_black_box_is_asked_for_few_pictures_at_a_time(monkeypatch):
    sizes = []

    class Counting(PatchModel):
        def probabilities(self, inputs):
            sizes.append(len(inputs))
            return super().probabilities(inputs)

    for method in BLACK_BOX:
        attribute(method.name, Counting(), PatchModel().picture())
    assert max(sizes) == black_box.BATCH_SIZE


@pytest.mark.parametrize("size", [(1, 1), (5, 1), (8, 8)])
@pytest.mark.parametrize("method", METHODS, **by_name)
def test_tiny_pictures(method, size):
    assert attribute(method.name, networks.model("functional"), networks.picture(*size)).shape == size


def test_a_picture_that_says_nothing_has_an_empty_map():
    class Same:
        fingerprint = "same"

        def probabilities(self, inputs):
            return np.full((len(inputs), 2), 0.5)

    for method in BLACK_BOX:
        found = attribute(method.name, Same(), PatchModel().picture(), 0)
        assert np.isfinite(found).all()
        assert method.name == "rise" or not found.any()


def test_the_registry_knows_its_methods():
    assert len({method.name for method in METHODS}) == len(METHODS) == 10
    assert find_published_method("rise") in BLACK_BOX
    assert all(method.sentence.endswith(".") for method in METHODS)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["vit_b_16", "swin_t"])
def test_transformers_of_real_size(name):
    from torchvision import models

    from margin_core.study.models.torch_model import TorchModel
    from margin_core.study.models.torchvision_model import torchvision_preparation
    from margin_core.tasks.saliency.methods.feature_map import find_feature_map

    torch.manual_seed(0)
    network = models.get_model(name, weights=None)
    head = network.heads.head if name == "vit_b_16" else network.head
    torch.nn.init.normal_(head.weight, std=0.02)
    model = TorchModel.of(network, torchvision_preparation(name, None), architecture=name, description=name)
    grid = find_feature_map(model).grid
    assert (grid.height, grid.width) == ((14, 14) if name == "vit_b_16" else (7, 7))
    for method in ("grad_cam", "layer_cam", "gradient", "gradient_x_input", "deep_lift"):
        assert attribute(method, model, networks.picture(256, 340), 3).max() == 1
