"""DeepLIFT: Captum's where Captum can, and complete where it cannot."""

from dataclasses import replace

import networks
import pytest
import torch
from captum.attr import DeepLift
from torch import nn
from torch.nn import functional

from margin_core.study.models.clone_for_hooks import clone_for_hooks
from margin_core.tasks.saliency.methods.deep_lift import signed_attributions


def views_of(model, seeds=(0, 1)):
    return torch.cat([model.preparation(networks.picture(seed=seed)[None]) for seed in seeds])


def test_it_is_captums_where_every_activation_is_a_module_of_its_own():
    model, targets = networks.model("plain"), torch.tensor([1, 3])
    views = views_of(model)
    with pytest.warns(UserWarning, match="Setting forward, backward hooks"):
        theirs = DeepLift(clone_for_hooks(model)).attribute(views.clone().requires_grad_(), target=targets)
    torch.testing.assert_close(signed_attributions(model, views, targets), theirs.detach(), rtol=1e-3, atol=1e-5)


def test_pooling_right_after_an_activation_by_hand():
    """Where Captum's hooks give other shares, which add up all the same."""
    torch.manual_seed(0)
    first, last = nn.Conv2d(3, 8, 3, padding=1), nn.Linear(8 * 16 * 16, networks.CLASSES)
    base = networks.model("plain")
    model = replace(base, module=nn.Sequential(first, nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), last).eval())
    view = views_of(base, seeds=(0,))
    with torch.no_grad():
        ours, blank = first(view), first(torch.zeros_like(view))
        (ours_most, here), (blank_most, there) = (
            functional.max_pool2d_with_indices(maps.relu(), 2) for maps in (ours, blank)
        )
        slopes, larger = last.weight[1].reshape(ours_most.shape), torch.maximum(ours_most, blank_most)
        moved = torch.zeros_like(ours).flatten(2)
        moved.scatter_add_(2, here.flatten(2), (slopes * (larger - blank_most)).flatten(2))
        moved.scatter_add_(2, there.flatten(2), (slopes * (ours_most - larger)).flatten(2))
        multipliers = moved.reshape(ours.shape) / (ours - blank)
    leaf = view.clone().requires_grad_()
    (gradient,) = torch.autograd.grad((first(leaf) * multipliers).sum(), leaf)
    torch.testing.assert_close(
        signed_attributions(model, view, torch.tensor([1])), gradient * view, rtol=1e-4, atol=1e-7
    )


@pytest.mark.parametrize("name", ["plain", "shared", "functional", "residual", "dense_blocks"])
def test_shares_add_up_to_the_change_of_the_score(name):
    model, targets = networks.model(name), torch.tensor([0, 2])
    views = views_of(model)
    with torch.no_grad():
        change = (model.module(views) - model.module(torch.zeros_like(views))).gather(1, targets[:, None])[:, 0]
    torch.testing.assert_close(signed_attributions(model, views, targets).sum((1, 2, 3)), change, rtol=2e-3, atol=1e-4)


def test_a_blank_picture_has_no_shares():
    model = networks.model("shared")
    assert not signed_attributions(model, torch.zeros(1, 3, 32, 32), torch.tensor([0])).any()
