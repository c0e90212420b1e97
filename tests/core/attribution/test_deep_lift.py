"""DeepLIFT: Captum's where Captum can, and complete where it cannot."""

import networks
import pytest
import torch
from captum.attr import DeepLift

from margin_core.attribution.deep_lift import shares
from margin_core.attribution.twin import twin_of


def views_of(model, seeds=(0, 1)):
    return torch.cat([model.preparation(networks.picture(seed=seed)[None]) for seed in seeds])


def test_it_is_captums_where_every_activation_is_a_module_of_its_own():
    model, targets = networks.model("plain"), torch.tensor([1, 3])
    views = views_of(model)
    with pytest.warns(UserWarning, match="Setting forward, backward hooks"):
        theirs = DeepLift(twin_of(model)).attribute(views.clone().requires_grad_(), target=targets)
    torch.testing.assert_close(shares(model, views, targets), theirs.detach(), rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("name", ["plain", "shared", "functional", "residual", "dense_blocks"])
def test_shares_add_up_to_the_change_of_the_score(name):
    model, targets = networks.model(name), torch.tensor([0, 2])
    views = views_of(model)
    with torch.no_grad():
        change = (model.module(views) - model.module(torch.zeros_like(views))).gather(1, targets[:, None])[:, 0]
    torch.testing.assert_close(shares(model, views, targets).sum((1, 2, 3)), change, rtol=2e-3, atol=1e-4)


def test_a_blank_picture_has_no_shares():
    model = networks.model("shared")
    assert not shares(model, torch.zeros(1, 3, 32, 32), torch.tensor([0])).any()
