import numpy as np
import pytest

from margin_core.tasks.label_flips.noise_transition import NoiseTransition, fit_noise_transition


def heard(n=6000, c=4, sharpness=6.0, seed=0, flips=()):
    """True classes, log beliefs that are right about as often as they say, and labels with given mistakes."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=(n, c)) * sharpness
    beliefs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    truth = (beliefs + rng.gumbel(size=(n, c))).argmax(axis=1)
    labels = truth.copy()
    for source, target, share in flips:
        hit = (truth == source) & (rng.random(n) < share)
        labels[hit] = target
    return truth, beliefs, labels


def test_planted_mistakes_are_found_and_counted():
    truth, beliefs, labels = heard(flips=[(0, 1, 0.2), (2, 3, 0.1)])
    channel = fit_noise_transition(beliefs, labels)
    assert channel.transition[0, 1] == pytest.approx(0.2, abs=0.03)
    assert channel.transition[2, 3] == pytest.approx(0.1, abs=0.03)
    np.testing.assert_allclose(channel.transition.sum(axis=1), 1)
    assert channel.exponent == pytest.approx(1, abs=0.15)
    wrong = 1 - channel.posterior(beliefs, labels)[np.arange(len(labels)), labels]
    assert wrong.sum() == pytest.approx((labels != truth).sum(), rel=0.1)
    # Calibrated: of those with a chance of about one half, about one half are wrong.
    unsure = (wrong > 0.3) & (wrong < 0.7)
    assert (labels != truth)[unsure].mean() == pytest.approx(wrong[unsure].mean(), abs=0.1)


def test_a_habitual_mistake_stands_out_and_a_lookalike_pair_does_not():
    _, beliefs, labels = heard(flips=[(0, 1, 0.2)])
    mistakes = fit_noise_transition(beliefs, labels).relative_rates
    apart = ~np.eye(4, dtype=bool)
    assert mistakes[apart].mean() == pytest.approx(1)
    np.testing.assert_array_equal(np.diag(mistakes), 1)
    assert mistakes[0, 1] == mistakes[apart].max() > 3 * np.median(mistakes[apart])
    # Classes 2 and 3 look alike, and no label is wrong.
    logits = np.random.default_rng(1).normal(size=(6000, 4)) * 8
    logits[:, 3] = logits[:, 2] + np.random.default_rng(2).normal(size=6000)
    beliefs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    labels = (beliefs + np.random.default_rng(3).gumbel(size=beliefs.shape)).argmax(axis=1)
    assert fit_noise_transition(beliefs, labels).relative_rates[2, 3] < 3


def test_beliefs_that_overstate_are_cooled_down():
    _, beliefs, labels = heard(sharpness=2.0, flips=[(1, 0, 0.1)])
    assert fit_noise_transition(3 * beliefs, labels).exponent == pytest.approx(
        fit_noise_transition(beliefs, labels).exponent / 3, rel=0.05
    )


def test_truths_by_hand():
    table = np.array([[0.9, 0.1], [0.2, 0.8]])
    channel = NoiseTransition(1.0, table, table)
    belief = np.log(np.array([[0.5, 0.5], [0.25, 0.75]]))
    found = channel.posterior(belief, np.array([1, -1]))
    np.testing.assert_allclose(found, [[0.1 / 0.9, 0.8 / 0.9], [0.25, 0.75]])


def test_renaming_the_classes_renames_the_channel():
    _, beliefs, labels = heard(n=900, flips=[(0, 1, 0.2)])
    order = np.array([2, 0, 3, 1])
    renamed = fit_noise_transition(beliefs[:, order], np.argsort(order)[labels])
    straight = fit_noise_transition(beliefs, labels)
    np.testing.assert_allclose(renamed.transition, straight.transition[np.ix_(order, order)], atol=1e-8)
    np.testing.assert_allclose(renamed.relative_rates, straight.relative_rates[np.ix_(order, order)], rtol=1e-5)


@pytest.mark.parametrize("labels", [np.full(5, -1), np.zeros(5, int)], ids=["no label", "one class given"])
@pytest.mark.parametrize("c", [1, 3])
def test_with_nothing_to_learn_every_mistake_is_as_likely(labels, c):
    channel = fit_noise_transition(np.log(np.full((5, c), 1 / c)), labels)
    assert np.isfinite(channel.relative_rates).all()
    np.testing.assert_allclose(channel.posterior(np.log(np.full((5, c), 1 / c)), labels).sum(axis=1), 1)
    if (labels < 0).all():
        np.testing.assert_allclose(channel.relative_rates, 1)
