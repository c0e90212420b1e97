import numpy as np
import pytest

from margin_core.errors import ParameterError
from margin_core.review.estimates import base_rate_brier_score, brier_score, reliability


def test_calibrated_probabilities_lie_on_the_diagonal():
    rng = np.random.default_rng(0)
    stated = rng.random(20_000)
    diagram = reliability(stated, rng.random(20_000) < stated)
    np.testing.assert_allclose(diagram.observed, diagram.predicted, atol=0.03)
    assert (diagram.low <= diagram.observed).all() and (diagram.observed <= diagram.high).all()
    assert diagram.count.sum() == 20_000


def test_boasting_shows_below_the_diagonal():
    diagram = reliability(np.full(100, 0.95), np.arange(100) < 50)
    assert diagram.observed[0] == 0.5 < diagram.high[0] < diagram.predicted[0]


def test_bins_by_hand_and_their_intervals():
    diagram = reliability([0.0, 0.1, 1.0], [0, 1, 1], bins=2)
    np.testing.assert_allclose(diagram.predicted, [0.05, 1.0])
    np.testing.assert_allclose(diagram.observed, [0.5, 1.0])
    np.testing.assert_array_equal(diagram.count, [2, 1])
    # Clopper and Pearson: 1 of 2, and 1 of 1.
    np.testing.assert_allclose(diagram.low, [0.012579, 0.025], atol=1e-6)
    np.testing.assert_allclose(diagram.high, [0.987421, 1.0], atol=1e-6)


def test_the_brier_score():
    assert brier_score([0, 1], [False, True]) == 0
    assert brier_score([0.5, 0.5], [False, True]) == 0.25
    assert np.isnan(brier_score([], []))


def test_the_score_of_the_share_is_that_of_stating_it_of_every_label():
    wrong = np.array([0, 1, 1, 0.25, 0])
    assert base_rate_brier_score(wrong) == pytest.approx(brier_score(np.full(5, wrong.mean()), wrong))
    assert (
        base_rate_brier_score([True, False]) == 0.25
        and base_rate_brier_score([True]) == 0
        and np.isnan(base_rate_brier_score([]))
    )


def test_no_samples_no_bins():
    assert reliability([], []).count.shape == (0,)


def test_what_cannot_be_is_refused():
    with pytest.raises(ParameterError, match=r"^Probabilities and answers must be as many; got 2 and 1\.$"):
        reliability([0.1, 0.2], [1])
    with pytest.raises(ParameterError, match=r"^A reliability diagram needs at least one bin; got 0\.$"):
        reliability([0.1], [1], bins=0)
