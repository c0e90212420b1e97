from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

from margin_core.review.estimates import (
    ErrorProbabilities,
    Reviews,
    brier_score,
    fit_error_posterior,
    prequential_probabilities,
)
from margin_core.review.estimates.error_posterior import KNOTS, bin_numbers, interpolation_weights, prior_cholesky


def test_probabilities_stay_in_range_and_reviews_fix_theirs(world, look):
    probabilities, truth = world()
    reviews = look(probabilities, truth, np.argsort(-probabilities.score_logit)[:100])
    posterior = fit_error_posterior(probabilities, reviews)
    assert (posterior.p_error >= 0).all() and (posterior.p_error <= 1).all()
    np.testing.assert_array_equal(posterior.p_error[reviews.rows], reviews.outcomes)
    assert not set(posterior.open_rows) & set(reviews.rows.tolist()) and len(posterior.open_rows) == 1900


def test_the_order_of_reviews_does_not_matter(world, look):
    probabilities, truth = world()
    rows = np.random.default_rng(1).choice(2000, 150, replace=False)
    one, other = (fit_error_posterior(probabilities, look(probabilities, truth, some)) for some in (rows, rows[::-1]))
    np.testing.assert_array_equal(one.draws, other.draws)


def test_the_order_of_the_samples_does_not_matter(world, look):
    probabilities, truth = world(n=400)
    order = np.random.default_rng(2).permutation(400)
    moved = ErrorProbabilities(
        given=probabilities.given[order], score_logit=probabilities.score_logit[order],
        p_error=probabilities.p_error[order],
        alternatives=probabilities.alternatives.take(order),
    )  # fmt: skip
    rows = np.arange(50)
    posterior = fit_error_posterior(moved, look(moved, truth[order], rows))
    expected = fit_error_posterior(probabilities, look(probabilities, truth, order[rows])).p_error[order]
    np.testing.assert_allclose(posterior.p_error, expected, rtol=1e-9)


def test_reviews_correct_probabilities_that_are_three_nats_off(world, look):
    probabilities, truth = world(off=3.0)
    unseen = np.arange(400, 2000)
    wrong = (probabilities.given != truth)[unseen]
    posterior = fit_error_posterior(probabilities, look(probabilities, truth, np.arange(400)))
    assert brier_score(posterior.posterior_mean[unseen], wrong) < 0.7 * brier_score(
        probabilities.p_error[unseen], wrong
    )
    assert posterior.posterior_mean[unseen].sum() == pytest.approx(wrong.sum(), rel=0.15)
    assert probabilities.p_error[unseen].sum() < 0.5 * wrong.sum()


def test_reviews_move_the_posterior_where_they_were_made_and_leave_the_rest_uncertain(world, look):
    probabilities, truth = world()
    top = fit_error_posterior(probabilities, look(probabilities, truth, np.argsort(-probabilities.score_logit)[:200]))
    before = fit_error_posterior(probabilities)

    def width(posterior, score_logit):
        low, high = np.quantile(posterior.draws[:, bin_numbers(np.array([score_logit]))[0]], [0.05, 0.95])
        return np.log(high / (1 - high)) - np.log(low / (1 - low))

    assert width(top, 2.0) < 0.5 * width(before, 2.0)
    assert width(top, -8.0) > 0.7 * width(before, -8.0)


def test_a_skipped_sample_teaches_nothing(world):
    probabilities, _ = world(n=200)
    skipped = Reviews.build(given=probabilities.given, rows=[3], verdicts=["skip"], new_labels=[-1], sampled=[False])
    posterior = fit_error_posterior(probabilities, skipped)
    np.testing.assert_array_equal(posterior.draws, fit_error_posterior(probabilities).draws)
    assert 3 in posterior.open_rows and 0 < posterior.p_error[3] < 1


@pytest.mark.parametrize("outcome", [0, 1])
def test_the_fit_converges_when_all_reviews_agree(world, outcome):
    probabilities, _ = world(n=300)
    verdicts = ["exclude" if outcome else "keep"] * 300
    reviews = Reviews.build(
        given=probabilities.given,
        rows=np.arange(300),
        verdicts=verdicts,
        new_labels=probabilities.given,
        sampled=[False] * 300,
    )
    posterior = fit_error_posterior(probabilities, reviews)
    assert np.isfinite(posterior.draws).all() and not len(posterior.open_rows)
    np.testing.assert_array_equal(posterior.p_error, outcome)


def test_the_mode_is_where_the_slope_vanishes(world, look):
    """Against a plain optimizer on the same posterior."""
    from scipy.optimize import minimize

    from margin_core.review.estimates.error_posterior import find_mode

    rng = np.random.default_rng(0)
    reach = interpolation_weights(np.linspace(-11, 11, 60)) @ prior_cholesky()
    base, looked = np.linspace(-6, 6, 60), rng.integers(0, 9, 60).astype(float)
    wrong = rng.binomial(looked.astype(int), 0.4).astype(float)

    def depth(v):
        z = base + reach @ v
        return v @ v / 2 + looked @ np.logaddexp(0, z) - wrong @ z

    mode, precision = find_mode(reach, base, looked, wrong)
    assert depth(mode) <= minimize(depth, np.zeros(len(KNOTS))).fun + 1e-6
    p = expit(base + reach @ mode)
    np.testing.assert_allclose(precision, np.eye(len(KNOTS)) + (reach.T * looked * p * (1 - p)) @ reach)


def test_knots_are_joined_by_straight_lines():
    weights = interpolation_weights(np.array([-12.0, 0.75, 12.0]))
    np.testing.assert_allclose(weights.sum(axis=1), 1)
    np.testing.assert_allclose(weights @ KNOTS, [-12, 0.75, 12])


def test_the_stated_probability_of_a_label_does_not_use_its_answer(world, look):
    probabilities, truth = world(n=1500, off=2.0)
    order = np.argsort(-probabilities.score_logit, kind="stable")[:150]
    reviews = look(probabilities, truth, order)
    stated = prequential_probabilities(probabilities, reviews)
    assert len(stated) == 150 and ((stated > 0) & (stated < 1)).all()
    # The answers from some place on, all turned round, change nothing that was stated up to there.
    outcome = np.array(reviews.outcomes)
    outcome[100:] = 1 - outcome[100:]
    turned = prequential_probabilities(probabilities, replace(reviews, outcomes=outcome))
    np.testing.assert_array_equal(turned[:110], stated[:110])
    assert (turned[110:] != stated[110:]).any()


@pytest.mark.parametrize("place", [0, 10, 90, 132])
def test_it_is_the_posterior_of_that_time(world, look, place):
    probabilities, truth = world(n=1500, off=-1.0)
    order = np.argsort(-probabilities.score_logit, kind="stable")[:150]
    reviews = look(probabilities, truth, order)
    then = fit_error_posterior(probabilities, reviews.first(place)).posterior_mean[order[place]]
    # A thousand draws stand for the posterior there, and none here.
    assert prequential_probabilities(probabilities, reviews)[place] == pytest.approx(then, abs=0.02)


def test_nothing_was_stated_without_a_review(world):
    probabilities, _ = world(n=20)
    assert len(prequential_probabilities(probabilities, Reviews.none())) == 0
