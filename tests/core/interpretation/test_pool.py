import numpy as np
import pytest
from scipy.optimize import approx_fprime

from margin_core.interpretation import pool as module
from margin_core.interpretation.pool import NEIGHBOURS_LEAST, Pool, fit_pool


def witness(labels, right, c=4, seed=0):
    """Log probabilities that put their weight on the label in a share `right` of the rows, else on a random class."""
    rng = np.random.default_rng(seed)
    said = np.where(rng.random(len(labels)) < right, labels, rng.integers(0, c, len(labels)))
    table = np.full((len(labels), c), 0.1 / c)
    table[np.arange(len(labels)), said] += 0.9
    return np.log(table)


@pytest.fixture
def labels():
    return np.random.default_rng(1).integers(0, 4, 600)


def test_pooling_is_the_weighted_geometric_mean():
    one, other = np.log([[0.5, 0.25, 0.25]]), np.log([[0.1, 0.1, 0.8]])
    raised = np.array([0.5 * 0.1**2, 0.25 * 0.1**2, 0.25 * 0.8**2])
    pooled = Pool(weights=(1.0, 2.0), noise=0.1).probabilities([one, other])
    np.testing.assert_allclose(pooled, [raised / raised.sum()])
    np.testing.assert_allclose(Pool(weights=(0.0, 0.0), noise=0.1).probabilities([one, other]), 1 / 3)


def test_a_perfect_witness_is_believed_and_a_useless_one_is_not(labels):
    useless, perfect = witness(labels, 0.0, seed=2), witness(labels, 1.0, seed=3)
    pool = fit_pool((useless, perfect), labels)
    assert pool.weights[1] > 0.7
    assert pool.weights[0] <= NEIGHBOURS_LEAST * 1.2 * pool.weights[1]
    turned = fit_pool((perfect, useless), labels)
    assert turned.weights[0] > 0.7
    assert turned.weights[1] < 0.05


def test_the_neighbours_keep_their_least_share(labels):
    pool = fit_pool((witness(labels, 0.0, seed=2), witness(labels, 1.0, seed=3)), labels)
    assert pool.weights[0] >= 0.99 * NEIGHBOURS_LEAST * (pool.weights[0] + pool.weights[1]) / (1 + NEIGHBOURS_LEAST)


def test_two_good_witnesses_beat_either(labels):
    one, other = witness(labels, 0.7, seed=2), witness(labels, 0.8, seed=3)
    pool = fit_pool((one, other), labels)

    def likelihood(weights):
        p = Pool(weights=weights, noise=0).probabilities([one, other])
        return np.log(p[np.arange(len(labels)), labels]).mean()

    assert min(pool.weights) > 0.1
    assert likelihood(pool.weights) > max(likelihood((pool.weights[0], 0.0)), likelihood((0.0, pool.weights[1])))


def test_wrong_labels_do_not_blunt_a_sharp_witness(labels):
    sharp = witness(labels, 1.0, seed=3)
    wrong = labels.copy()
    wrong[::5] = (wrong[::5] + 1) % 4
    assert fit_pool((sharp,), wrong).weights[0] > 0.7


def test_unlabelled_rows_play_no_part(labels):
    witnesses = (witness(labels, 0.6, seed=2), witness(labels, 0.9, seed=3))
    partly = labels.copy()
    partly[100:] = -1
    assert fit_pool(witnesses, partly) == fit_pool([table[:100] for table in witnesses], labels[:100])


def test_nothing_to_learn_from():
    nobody = np.full(5, -1)
    assert fit_pool((np.zeros((5, 3)), np.zeros((5, 3))), nobody).weights == (1.0, 1.0)


def test_of_many_rows_a_fixed_draw_is_used():
    many = np.random.default_rng(0).integers(0, 4, 6000)
    witnesses = (witness(many, 0.6), witness(many, 0.9, seed=1))
    pool = fit_pool(witnesses, many)
    assert pool == fit_pool(witnesses, many)
    assert pool.weights[1] > pool.weights[0]


def test_the_gradient_is_that_of_the_loss(labels, monkeypatch):
    caught = {}
    original = module.minimize

    def spy(loss, start, **options):
        caught["loss"], caught["bounds"] = loss, options["bounds"]
        return original(loss, start, **options)

    monkeypatch.setattr(module, "minimize", spy)
    fit_pool((witness(labels, 0.5), witness(labels, 0.9, seed=1), witness(labels, 0.0, seed=2)), labels)
    for seed in range(5):
        low, high = np.array(caught["bounds"]).T
        at = np.random.default_rng(seed).uniform(low + 0.05, np.minimum(high, 3) - 0.05)
        slope = approx_fprime(at, lambda x: caught["loss"](x)[0], 1e-7)
        np.testing.assert_allclose(caught["loss"](at)[1], slope, rtol=1e-4, atol=1e-6)


def test_the_fit_is_a_minimum_within_its_bounds(labels, monkeypatch):
    kept = {}
    original = module.minimize

    def spy(loss, start, **options):
        kept["loss"] = loss
        kept["best"] = original(loss, start, **options)
        return kept["best"]

    monkeypatch.setattr(module, "minimize", spy)
    fit_pool((witness(labels, 0.5), witness(labels, 0.9, seed=1)), labels)
    best = kept["best"].x
    for step in np.vstack([np.eye(3), -np.eye(3)]) * 0.05:
        nearby = best + step
        if (nearby[:2] >= 0).all() and 0.1 <= nearby[2] <= 0.95:
            assert kept["loss"](nearby)[0] >= kept["loss"](best)[0] - 1e-6
