"""The kernel two-sample test, and the correction for many."""

import numpy as np
import pytest

from margin_core.tasks.drift.two_sample import SEED, adjust_holm, compare_samples


def discrepancy(x, y):
    """The unbiased estimate, pair by pair."""
    both = np.concatenate([x, y])
    squared = ((both[:, None] - both) ** 2).sum(axis=2)
    kernel = np.exp(-squared / np.median(squared[np.triu_indices(len(both), 1)]))
    np.fill_diagonal(kernel, 0)
    n, r = len(x), len(y)
    return (
        kernel[:n, :n].sum() / (n * (n - 1)) + kernel[n:, n:].sum() / (r * (r - 1)) - 2 * kernel[:n, n:].mean()
    )  # fmt: skip


def test_the_statistic_is_the_unbiased_discrepancy():
    random = np.random.default_rng(0)
    x, y = random.normal(size=(12, 3)), random.normal(1, 1, size=(9, 3))
    assert compare_samples(x, y, 19).mmd == pytest.approx(discrepancy(x, y), abs=1e-12)


def test_the_p_value_is_the_share_of_divisions_at_least_as_far_apart():
    random = np.random.default_rng(1)
    x, y = random.normal(size=(8, 2)), random.normal(0.5, 1, size=(7, 2))
    again = np.random.default_rng(SEED)
    both, larger = np.concatenate([x, y]), 0
    for draws in again.random((99, 15)):
        chosen = np.zeros(15, bool)
        chosen[np.argpartition(draws, 7)[:8]] = True
        larger += discrepancy(both[chosen], both[~chosen]) >= discrepancy(x, y) - 1e-12
    found = compare_samples(x, y, 99)
    assert found.p_value == (1 + larger) / 100 and found.resolution == 1 / 100


def test_far_apart_is_as_significant_as_can_be_and_the_same_is_not():
    random = np.random.default_rng(2)
    x, y = random.normal(size=(40, 5)), random.normal(size=(60, 5))
    assert compare_samples(x + 3, y, 199).p_value == 1 / 200
    assert compare_samples(x, y, 199).p_value > 0.05


def test_false_alarms_are_as_rare_as_promised():
    """Of 200 pairs of one distribution, at most 17 at 5 %: of a binomial count that is exceeded once in 80 times."""
    random = np.random.default_rng(3)
    alarms = sum(
        compare_samples(*np.split(random.normal(size=(50, 4)), [20]), permutations=99).p_value <= 0.05
        for _ in range(200)
    )
    assert alarms <= 17


@pytest.mark.parametrize("points", [np.ones((9, 2)), np.zeros((9, 2)), np.repeat(np.eye(3), 3, axis=0)])
def test_duplicates_and_constants_are_no_difference(points):
    assert compare_samples(points, points, 99).p_value > 0.05


def test_too_few_to_test():
    assert np.isnan(compare_samples(np.ones((1, 2)), np.ones((9, 2)), 99).p_value)


def test_holm():
    found = adjust_holm(np.array([0.01, np.nan, 0.04, 0.03]))
    np.testing.assert_allclose(found, [0.03, np.nan, 0.06, 0.06])
    np.testing.assert_allclose(adjust_holm(np.array([0.6, 0.7])), [1, 1])
    assert adjust_holm(np.empty(0)).shape == (0,)
