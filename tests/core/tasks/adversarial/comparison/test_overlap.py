"""The overlap of two histograms."""

import numpy as np
import pytest

from margin_core.tasks.adversarial.comparison import measure_overlap

ATTACKED = np.repeat([False, True], 100)


def test_the_same_scores_overlap_wholly_and_others_not_at_all():
    scores = np.tile(np.linspace(0, 1, 100), 2)
    assert measure_overlap(scores, ATTACKED).share == pytest.approx(1)
    apart = measure_overlap(scores + 2 * ATTACKED, ATTACKED)
    assert apart.share == 0 and not apart.looks_attacked.any()
    assert 1 < apart.threshold <= 2


def test_histograms_are_shares_over_the_same_bins():
    scores = np.random.default_rng(0).normal(size=200) + ATTACKED
    found = measure_overlap(scores, ATTACKED, bins=17)
    np.testing.assert_allclose(found.clean, np.histogram(scores[:100], found.edges)[0] / 100)
    np.testing.assert_allclose(found.attacked, np.histogram(scores[100:], found.edges)[0] / 100)
    assert len(found.edges) == 18 and found.clean.sum() == pytest.approx(1) == found.attacked.sum()
    assert found.share == pytest.approx(np.minimum(found.clean, found.attacked).sum())


def test_the_clean_samples_in_the_overlap_score_at_least_the_threshold():
    scores = np.random.default_rng(1).normal(size=200) + ATTACKED
    found = measure_overlap(scores, ATTACKED)
    np.testing.assert_array_equal(found.looks_attacked, ~ATTACKED & (scores >= found.threshold))
    best = max((np.mean(scores[100:] >= one) - np.mean(scores[:100] >= one)) for one in scores)
    at = np.mean(scores[100:] >= found.threshold) - np.mean(scores[:100] >= found.threshold)
    assert at == pytest.approx(best)


def test_samples_without_a_score_are_in_no_bin():
    scores = np.r_[np.random.default_rng(2).normal(size=200), np.nan, np.nan]
    attacked = np.r_[ATTACKED, True, False]
    found, same = measure_overlap(scores, attacked), measure_overlap(scores[:200], ATTACKED)
    assert found.share == same.share and not found.looks_attacked[200:].any()


@pytest.mark.parametrize("scores", [np.zeros(4), np.full(4, np.nan), np.arange(4.0)])
def test_without_one_of_the_two_there_is_no_overlap(scores):
    found = measure_overlap(scores, np.zeros(4, bool))
    assert np.isnan(found.share) and not found.looks_attacked.any() and len(found.edges) == 41


def test_by_a_score_that_separates_nothing_no_clean_sample_looks_attacked():
    found = measure_overlap(np.r_[np.arange(10.0, 20), np.arange(10.0)], np.repeat([False, True], 10))
    assert np.isnan(found.threshold) and not found.looks_attacked.any() and found.share == 0
