"""Attacks on heatmaps of little networks: classes stay, order and strength are as they must be, on each network."""

from dataclasses import replace
from functools import cache

import networks
import numpy as np
import pytest
import torch
from fashion import fashion
from networks import PatchModel

from margin_core.errors import Cancelled, ModelError, ParameterError
from margin_core.tasks.saliency.fragility import (  # fmt: skip
    compare_heatmaps,
    fit_influence_probe,
    perturb,
    perturb_exemplars,
    resize_to_model,
    sweep,
)
from margin_core.tasks.saliency.methods import METHODS, attribute

INSIDE = [method.name for method in METHODS if method.needs_gradients]


EPS = (2, 8)


@cache
def swept(row):
    return sweep("gradient", fashion().model, fashion().inputs[row], EPS, steps=10)


ROWS = (0, 5)


@pytest.mark.slow
def test_what_is_accepted_is_within_eps_and_keeps_the_class_of_the_network_itself():
    model = fashion().model
    for row in ROWS:
        for (kind, eps), found in swept(row).items():
            assert found is not None
            assert np.abs(found.after.astype(int) - found.before).max() <= eps
            before, after = model.probabilities(np.stack([found.before, found.after]))
            assert before.argmax() == after.argmax() == found.target
            assert found.confidence_after == pytest.approx(after.max(), abs=1e-6)
            np.testing.assert_array_equal(found.heatmap_after, attribute("gradient", model, found.after, found.target))
            assert found.change == compare_heatmaps(found.heatmap_before, found.heatmap_after)
            assert (found.kind, found.eps) == (kind, eps)


def mean(kind, eps, part):
    return float(np.mean([getattr(swept(row)[kind, eps].change, part) for row in ROWS]))


@pytest.mark.slow
def test_attacks_do_more_than_random_changes_at_every_strength():
    for eps in EPS:
        assert mean("top_k", eps, "top_k") < 0.8 * mean("random", eps, "top_k")
        assert mean("mass_center", eps, "top_k") <= mean("random", eps, "top_k")
        assert mean("mass_center", eps, "shift") > 2 * mean("random", eps, "shift")


def test_more_strength_does_more():
    for row in ROWS:
        found = swept(row)
        assert (np.diff([found["top_k", eps].change.top_k for eps in EPS]) <= 0).all()
        assert (np.diff([found["mass_center", eps].change.shift for eps in EPS]) >= 0).all()
    for part in ("top_k", "correlation"):
        assert (np.diff([mean("random", eps, part) for eps in EPS]) < 0).all()


@pytest.mark.slow
@pytest.mark.parametrize("method", INSIDE)
def test_every_method_that_looks_inside_can_be_attacked(method):
    found = sweep(method, fashion().model, fashion().inputs[5], (16,), steps=6)
    assert found["top_k", 16].change.top_k < found["random", 16].change.top_k


@pytest.mark.parametrize("name", ["vit", "swin"])
def test_every_kind_of_network_can_be_attacked(name):
    found = perturb("top_k", "gradient", networks.model(name), networks.picture(), 4, steps=4)
    assert found is None or found.change.top_k < 1


@pytest.mark.parametrize("method", ["occlusion", "rise", "lime"])
def test_random_changes_are_for_black_boxes_too(method, monkeypatch):
    monkeypatch.setattr("margin_core.tasks.saliency.methods.rise.MASKS", 64)
    monkeypatch.setattr("margin_core.tasks.saliency.methods.lime.N_MASKS", 64)
    model = PatchModel()
    found = perturb("random", method, model, model.picture(), 8)
    assert 0 < found.change.top_k <= 1
    with pytest.raises(ModelError, match="needs the gradients of a torch network"):
        perturb("top_k", method, model, model.picture(), 8)


def test_a_class_that_does_not_survive_is_a_failure():
    class Nervous:
        """Predicts another class for every picture but one."""

        fingerprint = "nervous"

        def __init__(self, known):
            self.known = known

        def probabilities(self, inputs):
            same = np.array([np.array_equal(one, self.known) for one in inputs])
            return np.stack([same, ~same], axis=1).astype(float)

    picture = PatchModel().picture()
    assert perturb("random", "occlusion", Nervous(picture), picture, 8) is None


def test_the_network_is_left_as_it_was_and_the_same_attack_succeeds_again():
    model, picture = fashion().model, fashion().inputs[3]
    before = networks.saved(model.module)
    one, again = (perturb("top_k", "gradient", model, picture, 8, steps=6) for _ in range(2))
    assert networks.saved(model.module) == before
    np.testing.assert_array_equal(one.after, again.after)


def test_a_black_and_white_picture_stays_within_its_range():
    picture = (np.arange(28 * 28).reshape(28, 28) % 2 * 255).astype(np.uint8)
    found = perturb("random", "gradient", fashion().model, picture, 16)
    assert found is None or found.after.min() >= 0


def test_the_difference_is_shown_enlarged():
    found = swept(0)["random", 2]
    assert set(np.unique(found.difference().astype(int) - 128)) <= {-32, -16, 0, 16, 32}


def test_a_picture_is_changed_in_the_size_that_the_network_sees():
    model = networks.model("shared")
    assert resize_to_model(model, networks.picture(50, 70)).shape == (32, 32, 3)
    assert resize_to_model(model, networks.picture(50, 70)[..., 0]).shape == (32, 32, 3)
    assert resize_to_model(fashion().model, fashion().inputs[0]).shape == (28, 28)
    np.testing.assert_array_equal(resize_to_model(fashion().model, fashion().inputs[0]), fashion().inputs[0])
    assert resize_to_model(PatchModel(), PatchModel().picture()).shape == (24, 24)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ({"kinds": ("best",)}, "A picture cannot be changed by 'best'. Choose one of: random, top_k, mass_center."),
        ({"eps": (0, 4)}, "eps must be whole numbers between 1 and 255; got (0, 4)."),
        ({"eps": ()}, "eps must be whole numbers between 1 and 255; got ()."),
        ({"steps": 0}, "An attack needs at least 1 step; got 0."),
    ],
)
def test_what_cannot_be_is_refused(call, message):
    with pytest.raises(ParameterError) as raised:
        sweep("gradient", fashion().model, fashion().inputs[0], **call)
    assert str(raised.value) == message


@pytest.mark.slow
def test_attacks_can_be_stopped_at_every_step():
    study, probe = fashion(), fit_influence_probe(fashion())
    picture = study.inputs[0]
    for work in (
        lambda progress: sweep("gradient", study.model, picture, (2, 4), steps=2, progress=progress),
        lambda progress: perturb("mass_center", "gradient", study.model, picture, 4, steps=3, progress=progress),
        lambda progress: perturb_exemplars(study, probe, 0, 4, steps=3, progress=progress),
    ):
        shares = []
        work(lambda share, text, shares=shares: shares.append(share))
        assert len(shares) > 3 and shares == sorted(shares) and 0 <= shares[0] <= shares[-1] <= 1
        for last in (0, 1, len(shares) - 1):
            left = iter(range(last))

            def stop(share, text, left=left):
                if next(left, None) is None:
                    raise Cancelled("Stopped.")

            with pytest.raises(Cancelled):
                work(stop)


def test_an_attack_that_goes_on_from_another_is_never_worse():
    model, picture = fashion().model, fashion().inputs[5]
    weak = perturb("top_k", "gradient", model, picture, 4, steps=10)
    strong = perturb("top_k", "gradient", model, picture, 8, steps=1, known=[weak.after])
    assert strong.change.top_k <= weak.change.top_k < perturb("random", "gradient", model, picture, 8).change.top_k
    assert (strong.kind, strong.eps) == ("top_k", 8)
    beyond = perturb("top_k", "gradient", model, picture, 2, steps=1, known=[weak.after])
    assert np.abs(beyond.after.astype(int) - beyond.before).max() <= 2


def test_a_network_that_cannot_be_copied_says_so():
    class Odd(torch.nn.Module):
        def __init__(self, module):
            super().__init__()
            self.module = module

        def __deepcopy__(self, memo):
            raise TypeError("cannot copy a lock")

        def forward(self, pictures):
            return self.module(pictures)

    model = replace(networks.model("shared"), module=Odd(networks.model("shared").module))
    with pytest.raises(ModelError) as raised:
        perturb("top_k", "gradient", model, networks.picture(), 4)
    assert "holds something that cannot be copied (cannot copy a lock). Use Occlusion, RISE or LIME." in str(
        raised.value
    )
