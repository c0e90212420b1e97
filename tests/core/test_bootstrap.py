import numpy as np
import pytest

from margin_core.bootstrap import bootstrap_means, percentile_interval


@pytest.mark.slow
def test_the_interval_of_a_difference_covers_the_truth():
    """Of 300 samples 7 % become right and 3 % wrong: in 95 of 100 studies the interval must hold 4 points."""
    rng = np.random.default_rng(0)
    kinds, probabilities = np.array([[1, 1], [0, 0], [0, 1], [1, 0]], bool), [0.8, 0.1, 0.07, 0.03]
    covered = 0
    for seed in range(300):
        right = kinds[rng.choice(4, 300, p=probabilities)].T
        draws = bootstrap_means(right, np.ones(300), np.arange(300), seed=seed)
        low, high = percentile_interval(draws[:, [1]] - draws[:, [0]])
        covered += low[0] <= 0.04 <= high[0]
    assert 0.92 < covered / 300 < 0.985


def test_groups_that_answer_alike_make_it_wider():
    rng = np.random.default_rng(1)
    right = np.repeat(rng.random(40) < 0.7, 10)[None]
    widths = []
    for units in (np.arange(400), np.repeat(np.arange(40), 10)):
        low, high = percentile_interval(bootstrap_means(right, np.ones(400), units))
        widths.append(high[0] - low[0])
    assert widths[1] == pytest.approx(np.sqrt(10) * widths[0], rel=0.15)


def test_it_is_the_plain_bootstrap():
    rng = np.random.default_rng(2)
    right, weights = rng.random((2, 60)) < 0.8, rng.uniform(0.5, 2, 60)
    quick = bootstrap_means(right, weights, np.arange(60))
    taken = rng.integers(0, 60, (4000, 60))
    plain = np.array([(weights[one] * right[:, one]).sum(axis=1) / weights[one].sum() for one in taken])
    np.testing.assert_allclose(quick.mean(axis=0), plain.mean(axis=0), atol=0.005)
    np.testing.assert_allclose(np.cov(quick.T), np.cov(plain.T), rtol=0.15, atol=1e-4)


def test_no_difference_has_no_width():
    right = np.array([[True, False, True, True]] * 2)
    draws = bootstrap_means(right, np.ones(4), np.arange(4))
    assert not (draws[:, 1] - draws[:, 0]).any()


def test_what_a_row_does_not_know_is_left_out_of_its_means():
    rng = np.random.default_rng(3)
    values = rng.normal(size=(2, 50))
    known = np.ones((2, 50))
    values[0, 5:], known[0, 5:] = np.nan, 0
    means = bootstrap_means(values, known)
    assert np.nanmean(means[:, 0]) == pytest.approx(values[0, :5].mean(), abs=0.05)
    low, high = percentile_interval(means)
    assert low[0] < values[0, :5].mean() < high[0]
    assert np.isnan(means[:, 0]).sum() == pytest.approx(2000 * 0.9**50, abs=25)  # resamples that hold none of the five
    np.testing.assert_array_equal(percentile_interval(bootstrap_means(values, 0 * known)), np.full((2, 2), np.nan))
