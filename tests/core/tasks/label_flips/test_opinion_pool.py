import numpy as np
import pytest
from scipy import optimize
from scipy.optimize import approx_fprime

from margin_core.tasks.label_flips.calibration import MIN_NOISE, RIDGE_PENALTY, Calibration, calibrate
from margin_core.tasks.label_flips.opinion_pool import CONTRAST, MIN_NEIGHBOR_SHARE, OpinionPool, fit_opinion_pool
from margin_core.values import TopClasses


def opinion(labels, right, c=4, seed=0, sure=0.9):
    """Log probabilities that put their weight on the label in a share `right` of the rows, else on a random class."""
    rng = np.random.default_rng(seed)
    predicted = np.where(rng.random(len(labels)) < right, labels, rng.integers(0, c, len(labels)))
    table = np.full((len(labels), c), (1 - sure) / c)
    table[np.arange(len(labels)), predicted] += sure
    return TopClasses.complete(np.log(table))


def weights_of(opinions, labels):
    return fit_opinion_pool(*[calibrate(table, labels) for table in opinions]).weights


@pytest.fixture
def labels():
    return np.random.default_rng(1).integers(0, 4, 600)


def test_pooling_is_the_weighted_geometric_mean():
    one, other = (TopClasses.complete(np.log([row])) for row in ([0.5, 0.25, 0.25], [0.1, 0.1, 0.8]))
    raised = np.array([0.5 * 0.1**2, 0.25 * 0.1**2, 0.25 * 0.8**2])
    found = OpinionPool(weights=(1.0, 2.0)).probabilities([one, other])
    np.testing.assert_allclose(found.values, [raised / raised.sum()])
    np.testing.assert_allclose(OpinionPool(weights=(0.0, 0.0)).probabilities([one, other]).values, 1 / 3)


def test_a_perfect_opinion_gets_weight_and_a_useless_one_does_not(labels):
    useless, perfect = opinion(labels, 0.0, seed=2), opinion(labels, 1.0, seed=3)
    for weights in (weights_of((useless, perfect), labels), weights_of((perfect, useless), labels)[::-1]):
        assert weights[1] > 0.7
        assert weights[0] < 0.05
        assert weights[0] >= 0


def test_a_useless_opinion_has_no_exponent_and_no_likelihood_beyond_chance(labels):
    found = calibrate(opinion(labels, 0.0, seed=2), labels)
    assert found.exponent < 0.05
    assert found.likelihood == pytest.approx(np.log(1 / 4), abs=0.01)


def test_a_better_opinion_has_a_larger_likelihood(labels):
    likelihoods = [calibrate(opinion(labels, right, seed=2), labels).likelihood for right in (0, 0.4, 0.7, 0.9, 1)]
    assert (np.diff(likelihoods) > 0.02).all()


def test_an_overconfident_opinion_is_toned_down(labels):
    modest = calibrate(opinion(labels, 0.6, seed=2, sure=0.6), labels)
    boasting = calibrate(opinion(labels, 0.6, seed=2, sure=0.999), labels)
    assert boasting.exponent < 0.6 * modest.exponent
    assert boasting.likelihood == pytest.approx(modest.likelihood, abs=0.02)


def test_wrong_labels_do_not_blunt_a_sharp_opinion(labels):
    wrong = labels.copy()
    wrong[::10] = (wrong[::10] + 1) % 4
    assert calibrate(opinion(labels, 1.0, seed=3), wrong).exponent > 0.7


def test_by_hand():
    found = fit_opinion_pool(Calibration(1.0, -1.0), Calibration(0.5, -0.5)).weights
    odds = np.exp(CONTRAST * np.array([-1.0, -0.5]))
    np.testing.assert_allclose(found, 2 * odds / odds.sum() * [1.0, 0.5])


def test_nothing_counts_for_more_than_what_was_brought():
    """Features trained on the wrong labels predict them best; out-of-sample probabilities keep half of all weight."""
    leaking = Calibration(1.0, -0.2)
    assert fit_opinion_pool(leaking, leaking, Calibration(1.0, -0.9)).weights == pytest.approx((1.0, 0.5, 1.5))


def test_uninformative_probabilities_get_no_weight():
    weights = fit_opinion_pool(Calibration(2.0, -0.4), Calibration(1.5, -0.4), Calibration(0.0, -2.3)).weights
    assert weights[2] == 0
    assert weights[0] / weights[1] == pytest.approx(2 * 2.0 / 1.5)


def test_weak_features_step_back_behind_good_probabilities():
    weights = fit_opinion_pool(Calibration(1.0, -2.0), Calibration(1.0, -2.0), Calibration(1.0, -0.3)).weights
    assert weights[2] > 0.85 * sum(weights)


def test_the_neighbors_keep_their_least_share():
    weights = fit_opinion_pool(Calibration(1.0, -9.0), Calibration(1.0, -1.0), Calibration(1.0, -1.0)).weights
    assert weights[0] == pytest.approx(MIN_NEIGHBOR_SHARE * sum(weights))
    assert weights[2] / weights[1] == pytest.approx(3)


def test_unlabeled_rows_play_no_part(labels):
    table = opinion(labels, 0.9, seed=3)
    partly = labels.copy()
    partly[100:] = -1
    assert calibrate(table, partly) == calibrate(table.take(np.arange(100)), labels[:100])


def test_nothing_to_learn_from():
    nothing = calibrate(TopClasses.complete(np.zeros((5, 3))), np.full(5, -1))
    assert nothing == Calibration(1.0, 0.0)
    assert fit_opinion_pool(nothing, nothing).weights == (1.0, 1.0)


def test_of_many_rows_a_fixed_draw_is_used():
    many = np.random.default_rng(0).integers(0, 4, 6000)
    table = opinion(many, 0.9, seed=1)
    assert calibrate(table, many) == calibrate(table, many)
    assert calibrate(table, many).likelihood > calibrate(opinion(many, 0.6), many).likelihood


def loss_by_hand(table, labels, exponent, noise):
    raised = np.exp(exponent * table.values)
    p = (raised / raised.sum(axis=1, keepdims=True))[np.arange(len(labels)), labels]
    return RIDGE_PENALTY * exponent**2 - np.log((1 - noise) * p + noise / table.n_classes).mean()


@pytest.fixture
def caught(labels, monkeypatch):
    """What a fit of a middling opinion passed to the optimizer, and what came of it."""
    seen = {"opinion": opinion(labels, 0.7, seed=1)}
    original = optimize.minimize

    def spy(loss, start, **options):
        seen["loss"], seen["bounds"] = loss, np.array(options["bounds"])
        seen["best"] = original(loss, start, **options)
        return seen["best"]

    monkeypatch.setattr(optimize, "minimize", spy)
    seen["calibration"] = calibrate(seen["opinion"], labels)
    return seen


@pytest.mark.parametrize("seed", range(5))
def test_the_loss_and_its_gradient(caught, labels, seed):
    low, high = caught["bounds"].T
    at = np.random.default_rng(seed).uniform(low + 0.05, np.minimum(high, 3) - 0.05)
    value, slope = caught["loss"](at)
    assert value == pytest.approx(loss_by_hand(caught["opinion"], labels, *at))
    np.testing.assert_allclose(slope, approx_fprime(at, lambda x: caught["loss"](x)[0], 1e-7), rtol=1e-4, atol=1e-6)


def test_the_fit_is_the_best_within_its_bounds(caught, labels):
    found, noise = caught["calibration"], caught["best"].x[1]
    grid = [
        loss_by_hand(caught["opinion"], labels, exponent, floor)
        for exponent in np.linspace(0, 3, 40)
        for floor in np.linspace(MIN_NOISE, 0.9, 20)
    ]
    assert loss_by_hand(caught["opinion"], labels, found.exponent, noise) <= min(grid) + 1e-4
    assert found.likelihood == pytest.approx(
        RIDGE_PENALTY * found.exponent**2 - loss_by_hand(caught["opinion"], labels, found.exponent, noise)
    )
