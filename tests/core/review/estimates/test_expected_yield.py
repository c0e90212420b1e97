from dataclasses import replace

import numpy as np

from margin_core.review.estimates import (
    Reviews,
    estimate_error_count,
    expected_oracle_yield,
    expected_yield,
    fit_error_posterior,
    observed_yield,
    oracle_yield,
    reviewed_yield,
)
from margin_core.values import UNLABELED

WRONG = np.array([False, True, False, True])


def test_a_ranking_lies_between_nothing_and_the_oracle():
    found = observed_yield(np.array([1, 0, 3, 2]), WRONG)
    np.testing.assert_array_equal(found, [0, 1, 1, 2, 2])
    np.testing.assert_array_equal(oracle_yield(4, 2), [0, 1, 2, 2, 2])


def test_what_reviews_found():
    reviews = Reviews.build(
        given=np.zeros(4, int), rows=[2, 1, 3], verdicts=["keep", "relabel", "exclude"], new_labels=[0, 1, 0],
        sampled=[False] * 3,
    )  # fmt: skip
    np.testing.assert_array_equal(reviewed_yield(reviews), [0, 0, 1, 2])
    np.testing.assert_array_equal(reviewed_yield(Reviews.none()), [0])


def test_what_the_next_looks_may_hold(world, look):
    """Probabilities that are right on average: of many worlds the interval holds what is found."""
    held = []
    for seed in range(30):
        probabilities, truth = world(n=600, seed=seed)
        order = np.argsort(-probabilities.score_logit, kind="stable")
        posterior = fit_error_posterior(probabilities, look(probabilities, truth, order[:60]))
        ahead = expected_yield(posterior, order[60:110])
        found = np.cumsum(probabilities.given[order[60:110]] != truth[order[60:110]])
        assert ahead.mean[0] == ahead.low[0] == ahead.median[0] == ahead.high[0] == 0
        assert (np.diff(ahead.mean) >= 0).all() and (np.diff(ahead.median) >= 0).all()
        assert (ahead.low <= ahead.median).all() and (ahead.median <= ahead.high).all()
        held.append(ahead.low[-1] <= found[-1] <= ahead.high[-1])
    assert np.mean(held) >= 0.9


def test_nothing_is_expected_of_samples_without_a_label(world):
    probabilities, _ = world(n=50)
    given = np.array(probabilities.given)
    given[:5] = UNLABELED
    bare = replace(probabilities, given=given)
    assert expected_yield(fit_error_posterior(bare), np.arange(5)).high.tolist() == [0] * 6
    assert len(expected_yield(fit_error_posterior(bare), np.arange(0)).mean) == 1


def test_no_order_is_expected_to_find_more_than_the_oracle(world, look):
    """The median number of errors may lie below what is expected of an order, and would not do as a bound."""
    medians_below = 0
    for seed in range(10):
        probabilities, truth = world(n=100, seed=seed)
        order = np.argsort(-probabilities.score_logit, kind="stable")
        reviews = look(probabilities, truth, order[:seed])
        posterior = fit_error_posterior(probabilities, reviews)
        ahead, found = expected_yield(posterior, order[seed:]), reviewed_yield(reviews)
        best = expected_oracle_yield(posterior, len(order))
        assert best[0] == 0 and (np.diff(best) >= 0).all() and (best <= np.arange(len(best))).all()
        # The yield is exact, the oracle a mean over draws.
        assert (best[seed:] >= found[-1] + ahead.mean - 0.5).all()
        np.testing.assert_allclose(best[-1], found[-1] + ahead.mean[-1], atol=0.5)
        medians_below += estimate_error_count(posterior).median < found[-1] + ahead.mean[-1]
    assert medians_below
