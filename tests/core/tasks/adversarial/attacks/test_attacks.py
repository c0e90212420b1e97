"""Attacks on the bundled network of clothes: within limits, in order of strength, and as other libraries have them."""

import numpy as np
import pytest
import torch
from fashion import fashion
from torch.nn import functional

from margin_core.errors import Cancelled, ModelError
from margin_core.tasks.adversarial.attacks.ball import Ball, loss_and_gradient
from margin_core.tasks.adversarial.attacks.carlini_wagner import carlini_wagner
from margin_core.tasks.adversarial.attacks.fgsm import fgsm
from margin_core.tasks.adversarial.attacks.pgd import pgd
from margin_core.tasks.adversarial.attacks.pixel_network import PixelNetwork, round_to_bytes, to_pictures

BALLS = [Ball("inf", 0.05), Ball("inf", 0.275), Ball("2", 0.7), Ball("2", 3.0)]

every_ball = pytest.mark.parametrize("ball", BALLS, ids=str)


@pytest.fixture(scope="module")
def network():
    return PixelNetwork(fashion().model)


@pytest.fixture(scope="module")
def pixels(network):
    return network.to_pixels(fashion().inputs[:40])


@pytest.fixture(scope="module")
def classes(network, pixels):
    return network.logits(pixels).argmax(1)


def size(change, norm):
    flat = change.flatten(1)
    return flat.abs().amax(1) if norm == "inf" else flat.norm(dim=1)


def changed(network, pixels, classes):
    return network.logits(pixels).argmax(1) != classes


def test_pixels_are_what_the_model_sees(network, pixels):
    logits, features = network.outputs(pixels)
    embedding, probabilities = fashion().model.both(fashion().inputs[:40])
    np.testing.assert_allclose(features, embedding, atol=1e-4)
    np.testing.assert_allclose(torch.from_numpy(logits).softmax(1).numpy(), probabilities, atol=1e-5)
    np.testing.assert_array_equal(to_pictures(pixels), fashion().inputs[:40])
    np.testing.assert_array_equal(round_to_bytes(pixels), torch.from_numpy(fashion().inputs[:40, None] / 255.0).float())


def test_outputs_come_in_the_order_of_the_classes(pixels, network):
    other = PixelNetwork(fashion().model, np.arange(10)[::-1])
    np.testing.assert_array_equal(other.outputs(pixels)[0], network.outputs(pixels)[0][:, ::-1])


@every_ball
def test_fgsm_stays_within_eps_and_raises_the_loss(ball, network, pixels, classes):
    found = fgsm(network, pixels, classes, ball)
    assert (size(found - pixels, ball.norm) <= ball.eps + 1e-5).all()
    assert found.min() >= 0 and found.max() <= 1
    before, gradient = loss_and_gradient(network, pixels, classes)
    after, _ = loss_and_gradient(network, found, classes)
    followed = gradient.flatten(1).abs().amax(1) > 0
    assert (after > before)[followed].float().mean() > 0.9
    assert after.mean() > before.mean()


@every_ball
def test_pgd_stays_in_its_ball_and_is_at_least_as_strong_as_fgsm(ball, network, pixels, classes):
    found = pgd(network, pixels, classes, ball, steps=10, seed=3)
    assert (size(found - pixels, ball.norm) <= ball.eps + 1e-5).all()
    assert found.min() >= 0 and found.max() <= 1
    own, _ = loss_and_gradient(network, found, classes)
    one_step, _ = loss_and_gradient(network, fgsm(network, pixels, classes, ball), classes)
    assert (own >= one_step - 1e-4).all()
    assert own.mean() > one_step.mean()


def test_pgd_depends_on_its_seed_alone(network, pixels, classes):
    ball = Ball("inf", 0.05)
    one, same, other = (pgd(network, pixels, classes, ball, steps=3, seed=seed) for seed in (1, 1, 2))
    assert torch.equal(one, same) and not torch.equal(one, other)


@pytest.mark.parametrize("norm", ["inf", "2"])
def test_random_points_lie_in_the_ball(norm, pixels):
    ball = Ball(norm, 0.4)
    found = ball.random_point(pixels, torch.Generator().manual_seed(0))
    assert (size(found - pixels, norm) <= 0.4 + 1e-5).all()
    assert found.min() >= 0 and found.max() <= 1 and not torch.equal(found, pixels)


@pytest.mark.slow
def test_carlini_wagner_changes_every_class_by_less_than_fgsm(network, pixels, classes):
    found = carlini_wagner(network, pixels, classes)
    assert changed(network, found, classes).float().mean() > 0.9
    assert found.min() >= 0 and found.max() <= 1
    distance = size(found - pixels, "2")
    strengths = [fgsm(network, pixels, classes, Ball("2", eps)) for eps in np.linspace(0.05, 4, 60)]
    nearest = torch.full((40,), torch.inf)
    for one in strengths:
        took = changed(network, one, classes)
        nearest = torch.where(took, torch.minimum(nearest, size(one - pixels, "2")), nearest)
    both = changed(network, found, classes) & nearest.isfinite()
    assert (
        distance[both] < nearest[both]
    ).float().mean() > 0.7  # Adam may stop short of a boundary that one step reaches
    assert distance[both].mean() < 0.8 * nearest[both].mean()


def test_confidence_makes_another_class_win_by_more(network, pixels, classes):
    sure = carlini_wagner(network, pixels[:8], classes[:8], steps=60, searches=2, confidence=3.0)
    logits = network.logits(sure)
    took = logits.argmax(1) != classes[:8]
    assert took.any()
    lead = logits.max(1).values - logits.gather(1, classes[:8, None])[:, 0]
    assert (lead[took] >= 3.0 - 1e-4).all()


def test_an_attack_that_finds_nothing_leaves_the_pixels(network, pixels, classes):
    found = carlini_wagner(network, pixels[:5], classes[:5], steps=1, searches=1, confidence=500.0)
    assert torch.equal(found, pixels[:5])


def test_fgsm_is_that_of_captum(network, pixels, classes):
    captum = pytest.importorskip("captum.robust")
    loss = torch.nn.CrossEntropyLoss(reduction="none")
    with pytest.warns(UserWarning, match="required_grads has been set"):
        other = captum.FGSM(network.logits, loss, 0, 1).perturb(pixels.clone(), 0.1, classes)
    own = fgsm(network, pixels, classes, Ball("inf", 0.1))
    # Where the gradient is nearly 0 its sign is rounding.
    assert ((own - other.detach()).abs() < 1e-5).float().mean() > 0.999


class Wrapped(torch.nn.Module):
    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, pixels):
        return self.network.logits(pixels)


@pytest.fixture(scope="module")
def art_network(network):
    estimators = pytest.importorskip("art.estimators.classification")
    return estimators.PyTorchClassifier(
        Wrapped(network), torch.nn.CrossEntropyLoss(), (1, 28, 28), 10, clip_values=(0, 1), device_type="cpu"
    )


@pytest.mark.slow
@pytest.mark.parametrize(("norm", "eps"), [("inf", 0.1), ("2", 1.5)])
def test_fgsm_is_that_of_the_adversarial_robustness_toolbox(norm, eps, network, pixels, classes, art_network):
    from art.attacks.evasion import FastGradientMethod

    attack = FastGradientMethod(art_network, norm=np.inf if norm == "inf" else 2, eps=eps)
    other = attack.generate(pixels.numpy(), functional.one_hot(classes, 10).numpy())
    own = fgsm(network, pixels, classes, Ball(norm, eps)).numpy()
    assert np.mean(np.abs(own - other) < 1e-4) > 0.999


@pytest.mark.slow
def test_pgd_raises_the_loss_as_far_as_the_adversarial_robustness_toolbox(network, pixels, classes, art_network):
    from art.attacks.evasion import ProjectedGradientDescentPyTorch

    attack = ProjectedGradientDescentPyTorch(art_network, eps=0.1, eps_step=0.1 * 2.5 / 40, max_iter=40, verbose=False)
    other = torch.from_numpy(attack.generate(pixels.numpy(), functional.one_hot(classes, 10).numpy()))
    own = pgd(network, pixels, classes, Ball("inf", 0.1), steps=40)
    losses = [loss_and_gradient(network, one, classes)[0].mean() for one in (own, other)]
    assert losses[0] > 0.97 * losses[1]


@pytest.mark.slow
def test_carlini_wagner_is_no_farther_than_that_of_the_adversarial_robustness_toolbox(
    network, pixels, classes, art_network
):
    from art.attacks.evasion import CarliniL2Method

    attack = CarliniL2Method(
        art_network, batch_size=12, binary_search_steps=5, max_iter=50, initial_const=1.0, verbose=False
    )
    other = torch.from_numpy(attack.generate(pixels[:12].numpy(), functional.one_hot(classes[:12], 10).numpy()))
    own = carlini_wagner(network, pixels[:12], classes[:12])
    both = changed(network, own, classes[:12]) & changed(network, other, classes[:12])
    assert changed(network, own, classes[:12]).sum() >= changed(network, other, classes[:12]).sum()
    own_size, other_size = (size(one - pixels[:12], "2")[both].mean() for one in (own, other))
    assert own_size < 0.9 * other_size


@pytest.mark.parametrize("attack", [fgsm, pgd])
def test_nothing_is_learned_and_no_gradient_stays(attack, network, pixels, classes):
    before = {name: tensor.clone() for name, tensor in fashion().model.module.state_dict().items()}
    with torch.inference_mode():
        attack(network, pixels[:2], classes[:2], Ball("inf", 0.1))
    for name, tensor in fashion().model.module.state_dict().items():
        assert torch.equal(before[name], tensor)
    assert all(parameter.grad is None for parameter in fashion().model.module.parameters())


def test_an_attack_can_be_stopped_at_every_step(network, pixels, classes):
    def stop(fraction, text):
        raise Cancelled("Stopped.")

    with pytest.raises(Cancelled):
        pgd(network, pixels[:2], classes[:2], Ball("inf", 0.1), progress=stop)
    with pytest.raises(Cancelled):
        carlini_wagner(network, pixels[:2], classes[:2], progress=stop)


class Cut:
    """A network whose outputs no longer hang on the pixels."""

    def logits(self, pixels):
        return torch.zeros(len(pixels), 3)


def test_gradients_that_do_not_reach_the_pixels_are_said():
    with pytest.raises(ModelError, match=r"^The gradients of this network do not reach its pixels \(.*\), so it "):
        loss_and_gradient(Cut(), torch.zeros(2, 1, 4, 4), torch.tensor([0, 1]))
