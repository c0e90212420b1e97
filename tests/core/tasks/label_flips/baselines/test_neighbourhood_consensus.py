import numpy as np
import pytest
from planted import blobs

from margin_core import explain
from margin_core.tasks import LabelFlips
from margin_core.tasks.label_flips.baselines.neighbourhood_consensus import estimate_noise_transition, misfit


def sample_triples(prior, transition, m, seed=0):
    """Draw the labels of m samples and their two nearest, all three of one true class."""
    rng = np.random.default_rng(seed)
    truth = rng.choice(len(prior), m, p=prior)
    return np.stack([[rng.choice(len(prior), p=transition[k]) for k in truth] for _ in range(3)], axis=1)


T2 = np.array([[0.9, 0.1], [0.3, 0.7]])
T3 = np.array([[0.8, 0.2, 0.0], [0.05, 0.9, 0.05], [0.1, 0.2, 0.7]])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("prior", "transition"), [((0.5, 0.5), T2), ((0.8, 0.2), T2), ((0.2, 0.5, 0.3), T3), ((1 / 3,) * 3, np.eye(3))]
)
def test_the_transition_is_found_again(prior, transition):
    found_prior, found = estimate_noise_transition(sample_triples(np.array(prior), transition, 20_000), len(prior))
    np.testing.assert_allclose(found, transition, atol=0.04)
    np.testing.assert_allclose(found_prior, prior, atol=0.04)
    np.testing.assert_allclose(found.sum(axis=1), 1)
    assert found_prior.sum() == pytest.approx(1)


@pytest.mark.parametrize("thirds", [True, False])
def test_the_slope_of_the_misfit_is_its_slope(thirds):
    rng = np.random.default_rng(0)
    first, second, third = rng.random(3), rng.random((3, 3)), rng.random((9, 3)) if thirds else None
    at = rng.normal(size=12)
    _, slope = misfit(at, first, second, third)
    steps = 1e-6 * np.eye(12)
    numeric = [
        (misfit(at + step, first, second, third)[0] - misfit(at - step, first, second, third)[0]) / 2e-6
        for step in steps
    ]
    np.testing.assert_allclose(slope, numeric, atol=1e-7)


@pytest.mark.slow
def test_two_consensuses_alone_still_tell_noise_from_none(monkeypatch):
    triples = sample_triples(np.full(3, 1 / 3), T3, 20_000)
    monkeypatch.setitem(estimate_noise_transition.__globals__, "THIRD_ORDER", 2)
    _, found = estimate_noise_transition(triples, 3)
    assert np.diag(found).mean() == pytest.approx(0.8, abs=0.1)


def test_as_many_are_flagged_as_the_estimate_says():
    planted = blobs(classes=4, each=150, flips=60, seed=1)
    found = explain(LabelFlips(method="neighbourhood_consensus"), planted.study).findings
    flagged = found.ids[found.scores > 0.5].tolist()
    assert len(flagged) == pytest.approx(60, abs=12)
    assert len(set(flagged) & planted.flipped_ids) >= 0.9 * 60


def test_no_noise_flags_nearly_nobody():
    found = explain(LabelFlips(method="neighbourhood_consensus"), blobs(classes=3, each=100, flips=0).study).findings
    assert (found.scores > 0.5).sum() <= 3
