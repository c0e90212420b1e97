import numpy as np
import pytest

from margin_core.review.estimates import ErrorProbabilities, error_probability_curve, fit_error_posterior


def test_before_reviews_it_is_the_belief_itself_and_wide(world):
    chances, _ = world()
    belief = fit_error_posterior(chances)
    curve = error_probability_curve(belief)
    said = np.interp(chances.doubt, curve.doubt, curve.likely)
    assert said.sum() == pytest.approx(belief.expected.sum(), rel=0.02)
    assert np.abs(said - belief.expected).mean() < 0.01
    middle = np.interp(0.0, curve.doubt, curve.high) - np.interp(0.0, curve.doubt, curve.low)
    assert middle > 0.5
    assert ((curve.low <= curve.likely) & (curve.likely <= curve.high)).all()


def test_reviews_narrow_it_where_they_were_made(world, look):
    chances, truth = world()
    before = error_probability_curve(fit_error_posterior(chances))
    after = error_probability_curve(
        fit_error_posterior(chances, look(chances, truth, np.argsort(-chances.doubt)[:200]))
    )

    def width(curve, doubt):
        return np.interp(doubt, curve.doubt, curve.high) - np.interp(doubt, curve.doubt, curve.low)

    assert width(after, 1.0) < 0.5 * width(before, 1.0)


def test_it_never_falls_even_where_reviews_found_nothing_at_high_doubt(world, look):
    chances, _ = world(centre=-1.0)
    other = (chances.given + 1) % 4
    found = np.where(chances.doubt > 2, chances.given, other)  # the most doubted are right, those below them wrong
    belief = fit_error_posterior(chances, look(chances, found, np.flatnonzero(chances.doubt > 0)))
    curve = error_probability_curve(belief)
    raw = belief.possible.mean(axis=0)[np.unique(belief.level)]
    assert (np.diff(raw) < -0.01).any()
    for part in (curve.doubt, curve.likely, curve.low, curve.high):
        assert (np.diff(part) >= -1e-12).all()
    assert (np.diff(curve.doubt) > 0).all()
    samples = np.unique(belief.level, return_counts=True)[1]
    assert samples @ curve.likely == pytest.approx(belief.expected.sum())


def test_only_labels_count_and_none_gives_nothing(world):
    chances, _ = world(n=300)
    bare = ErrorProbabilities(
        given=np.where(np.arange(300) < 100, -1, chances.given),
        doubt=chances.doubt, p_error=chances.p_error, rivals=chances.rivals,
    )  # fmt: skip
    curve = error_probability_curve(fit_error_posterior(bare))
    assert curve.doubt[-1] <= chances.doubt[100:].max()
    nobody = ErrorProbabilities(
        given=np.full(300, -1), doubt=chances.doubt, p_error=np.zeros(300), rivals=chances.rivals
    )
    assert not len(error_probability_curve(fit_error_posterior(nobody)).doubt)
