import numpy as np
import pytest

from margin_core.tasks.label_flips.noise_transition import NoiseTransition, fit_noise_transition
from margin_core.tasks.label_flips.pair_table import PairTable
from margin_core.values import TopClasses


def noisy(n=6000, c=4, sharpness=6.0, seed=0, flips=()):
    """True classes, log probabilities that are right about as often as they state, and labels with given mistakes."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=(n, c)) * sharpness
    logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    truth = (logs + rng.gumbel(size=(n, c))).argmax(axis=1)
    labels = truth.copy()
    for source, target, share in flips:
        hit = (truth == source) & (rng.random(n) < share)
        labels[hit] = target
    return truth, logs, labels


def fit(logs, labels):
    return fit_noise_transition(TopClasses.complete(logs), labels)


def test_planted_mistakes_are_found_and_counted():
    truth, logs, labels = noisy(flips=[(0, 1, 0.2), (2, 3, 0.1)])
    noise = fit(logs, labels)
    assert noise.transition.table[0, 1] == pytest.approx(0.2, abs=0.03)
    assert noise.transition.table[2, 3] == pytest.approx(0.1, abs=0.03)
    np.testing.assert_allclose(noise.transition.table.sum(axis=1), 1)
    assert noise.exponent == pytest.approx(1, abs=0.15)
    wrong = 1 - noise.posterior(TopClasses.complete(logs), labels).at_one(labels)
    assert wrong.sum() == pytest.approx((labels != truth).sum(), rel=0.1)
    # Calibrated: of those with a probability of about one half, about one half are wrong.
    unsure = (wrong > 0.3) & (wrong < 0.7)
    assert (labels != truth)[unsure].mean() == pytest.approx(wrong[unsure].mean(), abs=0.1)


def test_a_habitual_mistake_stands_out_and_a_lookalike_pair_does_not():
    _, logs, labels = noisy(flips=[(0, 1, 0.2)])
    mistakes = fit(logs, labels).relative_rates.table
    apart = ~np.eye(4, dtype=bool)
    assert mistakes[apart].mean() == pytest.approx(1)
    np.testing.assert_array_equal(np.diag(mistakes), 1)
    assert mistakes[0, 1] == mistakes[apart].max() > 3 * np.median(mistakes[apart])
    # Classes 2 and 3 look alike, and no label is wrong.
    logits = np.random.default_rng(1).normal(size=(6000, 4)) * 8
    logits[:, 3] = logits[:, 2] + np.random.default_rng(2).normal(size=6000)
    logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    labels = (logs + np.random.default_rng(3).gumbel(size=logs.shape)).argmax(axis=1)
    assert fit(logs, labels).relative_rates.table[2, 3] < 3


def test_overconfident_probabilities_are_tempered():
    _, logs, labels = noisy(sharpness=2.0, flips=[(1, 0, 0.1)])
    assert fit(3 * logs, labels).exponent == pytest.approx(fit(logs, labels).exponent / 3, rel=0.05)


def test_truths_by_hand():
    table = np.array([[0.9, 0.1], [0.2, 0.8]])
    noise = NoiseTransition(1.0, PairTable.of(table), PairTable.of(table))
    log = np.log(np.array([[0.5, 0.5], [0.25, 0.75]]))
    found = noise.posterior(TopClasses.complete(log), np.array([1, -1]))
    np.testing.assert_allclose(found.values, [[0.1 / 0.9, 0.8 / 0.9], [0.25, 0.75]])


def test_renaming_the_classes_renames_the_transition():
    _, logs, labels = noisy(n=900, flips=[(0, 1, 0.2)])
    order = np.array([2, 0, 3, 1])
    renamed, straight, both = fit(logs[:, order], np.argsort(order)[labels]), fit(logs, labels), np.ix_(order, order)
    np.testing.assert_allclose(renamed.transition.table, straight.transition.table[both], atol=1e-8)
    np.testing.assert_allclose(renamed.relative_rates.table, straight.relative_rates.table[both], rtol=1e-5)


@pytest.mark.parametrize("labels", [np.full(5, -1), np.zeros(5, int)], ids=["no label", "one class given"])
@pytest.mark.parametrize("c", [1, 3])
def test_with_nothing_to_learn_every_mistake_is_as_likely(labels, c):
    logs = np.log(np.full((5, c), 1 / c))
    noise = fit(logs, labels)
    assert np.isfinite(noise.relative_rates.table).all()
    np.testing.assert_allclose(noise.posterior(TopClasses.complete(logs), labels).total, 1)
    if (labels < 0).all():
        np.testing.assert_allclose(noise.relative_rates.table, 1)
