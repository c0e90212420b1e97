import numpy as np
import pytest

from margin_core.review.estimates import ErrorProbabilities, error_probability_curve, fit_error_posterior


def test_before_reviews_the_curve_is_the_posterior_with_a_wide_interval(world):
    probabilities, _ = world()
    posterior = fit_error_posterior(probabilities)
    curve = error_probability_curve(posterior)
    interpolated = np.interp(probabilities.score_logit, curve.score_logit, curve.mean)
    assert interpolated.sum() == pytest.approx(posterior.posterior_mean.sum(), rel=0.02)
    assert np.abs(interpolated - posterior.posterior_mean).mean() < 0.01
    middle = np.interp(0.0, curve.score_logit, curve.high) - np.interp(0.0, curve.score_logit, curve.low)
    assert middle > 0.5
    assert ((curve.low <= curve.mean) & (curve.mean <= curve.high)).all()


def test_reviews_narrow_it_where_they_were_made(world, look):
    probabilities, truth = world()
    before = error_probability_curve(fit_error_posterior(probabilities))
    after = error_probability_curve(
        fit_error_posterior(probabilities, look(probabilities, truth, np.argsort(-probabilities.score_logit)[:200]))
    )

    def width(curve, score_logit):
        return np.interp(score_logit, curve.score_logit, curve.high) - np.interp(
            score_logit, curve.score_logit, curve.low
        )

    assert width(after, 1.0) < 0.5 * width(before, 1.0)


def test_it_never_falls_even_where_reviews_found_nothing_at_high_doubt(world, look):
    probabilities, _ = world(center=-1.0)
    other = (probabilities.given + 1) % 4
    found = np.where(
        probabilities.score_logit > 2, probabilities.given, other
    )  # the most doubted are right, those below them wrong
    posterior = fit_error_posterior(
        probabilities, look(probabilities, found, np.flatnonzero(probabilities.score_logit > 0))
    )
    curve = error_probability_curve(posterior)
    raw = posterior.draws.mean(axis=0)[np.unique(posterior.bins)]
    assert (np.diff(raw) < -0.01).any()
    for part in (curve.score_logit, curve.mean, curve.low, curve.high):
        assert (np.diff(part) >= -1e-12).all()
    assert (np.diff(curve.score_logit) > 0).all()
    samples = np.unique(posterior.bins, return_counts=True)[1]
    assert samples @ curve.mean == pytest.approx(posterior.posterior_mean.sum())


def test_only_labels_count_and_none_gives_nothing(world):
    probabilities, _ = world(n=300)
    bare = ErrorProbabilities(
        given=np.where(np.arange(300) < 100, -1, probabilities.given),
        score_logit=probabilities.score_logit, p_error=probabilities.p_error, alternatives=probabilities.alternatives,
    )  # fmt: skip
    curve = error_probability_curve(fit_error_posterior(bare))
    assert curve.score_logit[-1] <= probabilities.score_logit[100:].max()
    nobody = ErrorProbabilities(
        given=np.full(300, -1),
        score_logit=probabilities.score_logit,
        p_error=np.zeros(300),
        alternatives=probabilities.alternatives,
    )
    assert not len(error_probability_curve(fit_error_posterior(nobody)).score_logit)
