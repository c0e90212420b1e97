"""The last feature map is found by itself, and Grad-CAM of it is Captum's."""

import networks
import numpy as np
import pytest
import torch
from captum.attr import LayerGradCam

from margin_core.study.models import load_model
from margin_core.study.models.clone_for_hooks import clone_for_hooks
from margin_core.tasks.saliency.methods.class_activation import grad_cam, layer_cam
from margin_core.tasks.saliency.methods.feature_map import (
    FeatureGrid,
    FeatureMap,
    TensorLayout,
    expose_feature_map,
    find_feature_map,
    infer_grid,
)

EXPECTED = {
    "vit": FeatureMap("encoder.layers.encoder_layer_1.ln_1", 0, 1, FeatureGrid(TensorLayout.TOKENS, 4, 4, 1)),
    "swin": FeatureMap("permute", 0, 1, FeatureGrid(TensorLayout.CHANNELS_FIRST, 8, 8)),
    "residual": FeatureMap("layer3", 0, 1, FeatureGrid(TensorLayout.CHANNELS_FIRST, 2, 2)),
    "dense_blocks": FeatureMap("features", 0, 1, FeatureGrid(TensorLayout.CHANNELS_FIRST, 4, 4)),
    "shared": FeatureMap("relu", 1, 3, FeatureGrid(TensorLayout.CHANNELS_FIRST, 16, 16)),
    "plain": FeatureMap("3", 0, 1, FeatureGrid(TensorLayout.CHANNELS_FIRST, 7, 7)),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_it_is_the_one_before_pooling_or_the_last_attention(name):
    assert find_feature_map(networks.model(name)) == EXPECTED[name]


@pytest.mark.slow
def test_that_of_efficientnet():
    found = find_feature_map(load_model("efficientnet-lite0"))
    assert found == FeatureMap("_swish", 1, 2, FeatureGrid(TensorLayout.CHANNELS_FIRST, 7, 7))


def test_grad_cam_is_captums():
    model = networks.model("residual", 64)
    views = model.preparation(networks.picture()[None])
    theirs = LayerGradCam(network := clone_for_hooks(model), network.layer4).attribute(views, 2, relu_attributions=True)
    torch.testing.assert_close(grad_cam(model, views, torch.tensor([2])), theirs.detach()[:, 0])


@pytest.mark.parametrize("name", ["vit", "swin", "shared"])
def test_a_window_changes_no_answer(name):
    model = networks.model(name)
    views = model.preparation(networks.picture()[None])
    network = clone_for_hooks(model)
    window, seen = expose_feature_map(network, find_feature_map(model)), []
    window.register_forward_hook(lambda _, __, output: seen.append(output))
    with torch.no_grad():
        for _ in range(2):
            torch.testing.assert_close(network(views), model.module(views))
    grid = find_feature_map(model).grid
    assert [output.shape[2:] for output in seen] == [(grid.height, grid.width)] * 2


def test_a_batch_gives_the_maps_of_its_pictures():
    model = networks.model("vit")
    views = model.preparation(np.stack([networks.picture(seed=seed) for seed in range(3)]))
    targets = torch.tensor([0, 1, 2])
    for method in (grad_cam, layer_cam):
        alone = [method(model, view[None], target[None])[0] for view, target in zip(views, targets, strict=True)]
        torch.testing.assert_close(method(model, views, targets), torch.stack(alone))


@pytest.mark.parametrize(
    ("shape", "view", "grid"),
    [
        ((1, 64, 7, 7), (224, 224), FeatureGrid(TensorLayout.CHANNELS_FIRST, 7, 7)),
        ((1, 7, 7, 768), (224, 224), FeatureGrid(TensorLayout.CHANNELS_LAST, 7, 7)),
        ((1, 8, 8, 8), (32, 32), FeatureGrid(TensorLayout.CHANNELS_FIRST, 8, 8)),
        ((1, 197, 768), (224, 224), FeatureGrid(TensorLayout.TOKENS, 14, 14, 1)),
        ((1, 196, 768), (224, 224), FeatureGrid(TensorLayout.TOKENS, 14, 14, 0)),
        ((1, 198, 384), (224, 224), FeatureGrid(TensorLayout.TOKENS, 14, 14, 2)),
        ((1, 9, 16), (32, 64), FeatureGrid(TensorLayout.TOKENS, 2, 4, 1)),
        ((1, 16, 4, 7), (100, 160), FeatureGrid(TensorLayout.CHANNELS_FIRST, 4, 7)),
        ((1, 64, 1, 1), (224, 224), None),
        ((1, 10), (224, 224), None),
        ((1, 1, 768), (224, 224), None),
        ((1, 64, 3, 200), (224, 224), None),
    ],
)
def test_shapes_tell_how_they_hold_a_map(shape, view, grid):
    assert infer_grid(shape, *view) == grid


@pytest.mark.parametrize(
    "grid",
    [
        FeatureGrid(TensorLayout.CHANNELS_FIRST, 2, 3),
        FeatureGrid(TensorLayout.CHANNELS_LAST, 2, 3),
        FeatureGrid(TensorLayout.TOKENS, 2, 3, 1),
    ],
)
def test_a_map_that_is_taken_can_be_put_back(grid):
    shape = {
        TensorLayout.CHANNELS_FIRST: (2, 5, 2, 3),
        TensorLayout.CHANNELS_LAST: (2, 2, 3, 5),
        TensorLayout.TOKENS: (2, 7, 5),
    }
    output = torch.arange(float(np.prod(shape[grid.layout]))).reshape(shape[grid.layout])
    assert grid.to_channels_first(output).shape == (2, 5, 2, 3)
    assert torch.equal(grid.from_channels_first(output, grid.to_channels_first(output)), output)
