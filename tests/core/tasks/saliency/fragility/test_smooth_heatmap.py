"""The stand-in that an attack follows: near the network, but it bends."""

import networks
import numpy as np
import pytest
import torch

from margin_core.tasks.saliency.fragility import (  # fmt: skip
    resize_to_model,
)
from margin_core.tasks.saliency.fragility.smooth_heatmap import SmoothActivations, SmoothHeatmap
from margin_core.tasks.saliency.methods import METHODS, attribute

INSIDE = [method.name for method in METHODS if method.needs_gradients]


def test_the_stand_in_is_near_the_network_and_bends():
    values = torch.linspace(-8, 8, 200)
    rules = {
        torch.nn.functional.relu: torch.nn.functional.relu(values),
        torch.nn.ReLU6(): torch.nn.ReLU6()(values),
        torch.nn.Hardtanh(-2, 3): torch.nn.Hardtanh(-2, 3)(values),
        torch.nn.Hardswish(): torch.nn.Hardswish()(values),
        torch.nn.LeakyReLU(0.1): torch.nn.LeakyReLU(0.1)(values),
        torch.relu: torch.relu(values),
    }
    for rule, sharp in rules.items():
        with SmoothActivations():
            given = values.clone().requires_grad_()
            smooth = rule(given)
            (slope,) = torch.autograd.grad(smooth.sum(), given, create_graph=True)
            (bend,) = torch.autograd.grad(slope.sum(), given)
        assert (smooth - sharp).abs().max() < 0.2
        assert bend.abs().max() > 0.3


@pytest.mark.parametrize("method", [name for name in INSIDE if name not in ("deep_lift", "smooth_grad")])
def test_a_smooth_map_is_like_the_map(method):
    model = networks.model("shared")
    view = resize_to_model(model, networks.picture())
    soft = SmoothHeatmap(method, model, 1).heatmap(model.preparation(view[None]))
    sharp = attribute(method, model, view, 1)
    assert float(soft.sum()) == pytest.approx(1, abs=1e-4)
    assert np.corrcoef(soft.numpy().ravel(), sharp.ravel())[0, 1] > 0.7


@pytest.mark.parametrize("method", INSIDE)
def test_a_direction_is_the_gradient_of_the_aim(method):
    soft = SmoothHeatmap(method, networks.model("functional"), 1)
    prepared = networks.model("functional").preparation(networks.picture()[None])
    chosen = torch.rand((32, 32), generator=torch.Generator().manual_seed(1)) < 0.1
    found = soft.direction(prepared, lambda heatmap: heatmap[chosen].sum())
    expected, message = [], []
    for seed in range(12):
        step = 2e-3 * torch.randn(prepared.shape, generator=torch.Generator().manual_seed(seed)).sign()
        ends = [float(soft.heatmap(prepared + sign * step)[chosen].sum()) for sign in (1, -1)]
        expected.append(ends[0] - ends[1])
        message.append(2 * float((found * step).sum()))
    assert np.corrcoef(expected, message)[0, 1] > 0.99
