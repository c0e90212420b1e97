"""Attacks on maps of little networks: classes stay, order and strength are as they must be, on the network itself."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import networks
import numpy as np
import pytest
import torch
from engines import CountingEngine
from networks import PatchModel

from margin_core import Study
from margin_core.domain import every_sample
from margin_core.errors import Cancelled, MissingPart, ModelError, ParameterError
from margin_core.probe.in_sample import fit_in_sample_probe
from margin_core.probe.self_influence import compute_self_influence
from margin_core.storage.engine import Run
from margin_core.study.models import load_model
from margin_core.tasks.contextual_outliers.column_signal import column_signal
from margin_core.tasks.saliency.fragility import (  # fmt: skip
    Fragility,
    center_of_mass,
    center_shift,
    compare_heatmaps,
    fit_influence_probe,
    fragility,
    perturb,
    perturb_exemplars,
    recipe_for,
    resize_to_model,
    sweep,
    top_k_size,
    with_fragility,
)
from margin_core.tasks.saliency.fragility.fragility_column import CHUNK_SIZE
from margin_core.tasks.saliency.fragility.smooth_heatmap import SmoothActivations, SmoothHeatmap
from margin_core.tasks.saliency.methods import METHODS, attribute

FASHION = Path(__file__).parents[5] / "sample_data" / "fashion"
INSIDE = [method.name for method in METHODS if method.needs_gradients]
EPS = (2, 8)


@cache
def fashion() -> Study:
    """Take 300 pictures of the bundled study with the network that made its features."""
    model = load_model(f"small_cnn:{FASHION / 'model.safetensors'}")
    with np.load(FASHION / "study.npz", allow_pickle=False) as kept:
        pictures, labels = kept["inputs"][:200], kept["labels"][:200]
    return Study.build(
        name="fashion", embedding=model.embed(pictures), labels=labels, inputs=pictures, model=model,
        class_names=model.class_names,
    )  # fmt: skip


@cache
def swept(row):
    return sweep("gradient", fashion().model, fashion().inputs[row], EPS, steps=10)


ROWS = (0, 5)


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
    monkeypatch.setattr("margin_core.tasks.saliency.methods.lime.SAMPLES", 64)
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


def test_measures_by_hand():
    heatmap = np.zeros((9, 9), np.float32)
    heatmap[2, 3] = heatmap[4, 7] = 1
    np.testing.assert_allclose(center_of_mass(heatmap), [3, 5])
    assert center_shift(heatmap, np.roll(heatmap, 1, axis=0)) == pytest.approx(1)
    assert np.isnan(center_of_mass(np.zeros((3, 3), np.float32))).all()
    same = compare_heatmaps(heatmap, heatmap)
    assert (same.top_k, same.correlation, same.shift) == (1, pytest.approx(1), 0)
    assert [top_k_size(side**2) for side in (1, 16, 32, 227)] == [1, 26, 102, 1000]


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


def test_support_is_what_happens_when_a_sample_is_forgotten():
    """Against the influence of samples on themselves, and by fitting again without one."""
    study = fashion()
    probe = fit_influence_probe(study)
    features = study.embedding[probe.rows[:5]]
    own = [probe.support(features[None, i], int(probe.place[i]))[i] for i in range(5)]
    fitted = fit_in_sample_probe(study, np.isin(np.arange(len(study)), probe.rows))
    expected = compute_self_influence(fitted, np.isin(np.arange(len(study)), probe.rows))[probe.rows[:5]]
    np.testing.assert_allclose(own, expected, rtol=0.02)


def test_the_samples_that_hold_an_answer_up_share_its_label():
    study = fashion()
    probe = fit_influence_probe(study)
    found = [perturb_exemplars(study, probe, row, 8, "random") for row in ROWS]
    for one in (one for one in found if one is not None):
        message = probe.classes[probe.predict(study.embedding[[ROWS[found.index(one)]]])]
        assert (study.labels[one.rows_before] == message).mean() >= 0.6
        assert one.predicted == message
        assert len(one.support_before) == len(probe.rows)


def test_examples_are_fragile_and_attacks_do_more_than_random_changes():
    study = fashion()
    probe = fit_influence_probe(study)
    both = [
        [perturb_exemplars(study, probe, row, 16, kind) for kind in ("random", "attack")]
        for row in (*ROWS, 8, 11, 20, 30)
    ]
    kept = [(random, attack) for random, attack in both if random is not None and attack is not None]
    assert len(kept) >= 4
    assert np.mean([attack.survived for _, attack in kept]) < np.mean([random.survived for random, _ in kept])
    assert np.mean([attack.correlation for _, attack in kept]) < np.mean([random.correlation for random, _ in kept])
    for found in (one for pair in kept for one in pair):
        assert np.abs(found.after.astype(int) - found.before).max() <= 16
        after = study.model.embed(found.after[None])
        before = study.model.embed(found.before[None])
        assert probe.predict(after) == probe.predict(before)


def test_examples_need_the_model_that_made_the_features():
    study = fashion()
    other = Study.build(
        name="other", embedding=study.embedding + 1, labels=study.labels, inputs=study.inputs, model=study.model,
        class_names=study.class_names,
    )  # fmt: skip
    with pytest.raises(ModelError) as raised:
        perturb_exemplars(other, fit_influence_probe(other), 0, 8)
    assert str(raised.value) == (
        "The features of study 'other' are not what its model sees in sample '0', so a change of the picture cannot be "
        "followed to them. Open the pictures with the model that made the features."
    )
    with pytest.raises(ParameterError, match="A picture cannot be changed by 'mass_center'"):
        perturb_exemplars(study, fit_influence_probe(study), 0, 8, "mass_center")
    with pytest.raises(ParameterError, match="eps must be between 1 and 255 and steps at least 1; got 0 and 10"):
        perturb_exemplars(study, fit_influence_probe(study), 0, 0)
    alike = Study.build(name="alike", embedding=study.embedding, labels=np.zeros(200, int), class_names=("a", "b"))
    with pytest.raises(MissingPart, match="has no labels of two classes to learn from"):
        fit_influence_probe(alike)


def test_many_classes_have_a_whole_hessian_of_fewer_features():
    rng = np.random.default_rng(0)
    labels = np.arange(300) % 60
    points = rng.normal(size=(60, 40))[labels] * 3 + rng.normal(size=(300, 40))
    probe = fit_influence_probe(Study.build(name="many", embedding=points, labels=labels))
    assert len(probe.inverse) <= 2_000
    assert probe.points.shape == (300, 33)


def test_the_fragility_of_every_sample_is_a_column_and_a_signal():
    study, engine = fashion(), CountingEngine()
    values = fragility(study, run=Run(engine))
    assert values.shape == (200,) and values.dtype == np.float32
    assert 0 <= values.min() < values.max() <= 1
    assert len(engine.computed) == 1 - (-200 // CHUNK_SIZE)
    np.testing.assert_array_equal(fragility(study, run=Run(engine)), values)
    assert len(engine.computed) == 1 - (-200 // CHUNK_SIZE)
    for row in (0, 7):
        alone = perturb("random", "gradient", study.model, study.inputs[row], 8)
        assert alone is None or values[row] == pytest.approx(1 - alone.change.top_k, abs=0.03)
    more = with_fragility(study, values)
    assert more.fingerprint != study.fingerprint
    np.testing.assert_array_equal(more.columns["fragility"], values)
    signal = column_signal(more, every_sample(more), "fragility")
    np.testing.assert_allclose(signal.values, values)


def test_a_stronger_change_is_worse():
    study = fashion()
    some = Study.build(name="some", inputs=study.inputs[:40], model=study.model, embedding=study.embedding[:40])
    weak, strong = (fragility(some, Fragility(eps=eps)) for eps in (2, 32))
    assert weak.mean() < strong.mean()


def test_the_column_of_a_black_box_and_of_unreadable_pictures():
    model = PatchModel()
    pictures = np.stack([model.picture(seed=seed) for seed in range(3)])
    study = Study.build(
        name="boxed", inputs=pictures, model=model, columns={"unreadable": np.array([False, True, False])}
    )
    found = fragility(study, Fragility(method="occlusion"))
    assert np.isnan(found).tolist() == [False, True, False]
    assert (recipe_for(study).method, recipe_for(fashion()).method) == ("occlusion", "gradient")
    np.testing.assert_array_equal(fragility(study), found)
    with pytest.raises(ModelError, match="needs the gradients of a torch network"):
        fragility(study, Fragility())
    for what, inputs in {"rows of numbers": np.ones((4, 3)), "texts": np.array(["a b", "c"])}.items():
        with pytest.raises(MissingPart) as raised:
            fragility(Study.build(name="flat", inputs=inputs, model=model))
        assert str(raised.value) == (
            f"Study 'flat' has {what}, and there is no picture to change by a little. Open pictures."
        )


def test_the_column_goes_on_where_it_was_stopped():
    study, engine = fashion(), CountingEngine()

    def stop(share, text):
        if share > 0.6:
            raise Cancelled("Stopped.")

    with pytest.raises(Cancelled):
        fragility(study, run=Run(engine, stop))
    done = len(engine.computed)
    assert 0 < done < -(-200 // CHUNK_SIZE)
    fragility(study, run=Run(engine))
    assert len(engine.computed) == 1 - (-200 // CHUNK_SIZE)


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
