from itertools import pairwise

import numpy as np
import pytest

from margin_core.errors import ParameterError
from margin_core.review.estimates import fit_error_posterior, flag_labels, lowest_flag_rate


@pytest.mark.slow
def test_false_alarms_stay_within_their_bound_on_average(world, look):
    for looked in (0, 100):
        alarms, found = [], []
        for seed in range(20):
            probabilities, truth = world(
                n=800, spread=5.0, off=np.random.default_rng(seed).normal(-0.5, 1.0), seed=seed
            )
            posterior = fit_error_posterior(
                probabilities, look(probabilities, truth, np.argsort(-probabilities.score_logit)[:looked])
            )
            rows, wrong = flag_labels(posterior, 0.1).rows, probabilities.given != truth
            alarms.append((~wrong[rows]).mean() if len(rows) else 0)
            found.append(wrong[rows].sum() / wrong[posterior.open_rows].sum())
        assert np.mean(alarms) <= 0.12
        assert looked or np.mean(found) > 0.25  # not by flagging nothing


def test_a_larger_bound_flags_the_same_and_more(world):
    probabilities, _ = world(spread=5.0)
    posterior = fit_error_posterior(probabilities)
    flagged = [set(flag_labels(posterior, q).rows.tolist()) for q in (0.0, 0.05, 0.1, 0.2, 0.5, 1.0)]
    assert all(small <= large for small, large in pairwise(flagged))
    assert len(flagged[1]) < len(flagged[3]) and len(flagged[-1]) == len(probabilities)


def test_expected_false_discoveries_of_the_flagged(world):
    probabilities, _ = world(spread=5.0)
    posterior = fit_error_posterior(probabilities)
    found = flag_labels(posterior, 0.2)
    assert found.expected_rate == pytest.approx(1 - posterior.p_error[found.rows].mean())
    assert found.expected_rate <= found.upper_rate <= 0.2
    assert (np.diff(posterior.p_error[found.rows]) <= 1e-12).all()


def test_reviewed_labels_need_no_flag(world, look):
    probabilities, truth = world(spread=5.0)
    reviews = look(probabilities, truth, np.argsort(-probabilities.score_logit)[:50])
    assert not set(flag_labels(fit_error_posterior(probabilities, reviews), 1.0).rows.tolist()) & set(
        reviews.rows.tolist()
    )


def test_nothing_open_nothing_flagged(world, look):
    probabilities, truth = world(n=30)
    found = flag_labels(fit_error_posterior(probabilities, look(probabilities, truth, np.arange(30))), 1.0)
    assert len(found.rows) == 0 and (found.expected_rate, found.upper_rate) == (0, 0)
    assert lowest_flag_rate(fit_error_posterior(probabilities, look(probabilities, truth, np.arange(30)))) is None


@pytest.mark.parametrize("spread", [1.0, 5.0])
def test_below_the_lowest_rate_nothing_is_flagged_and_at_it_something_is(world, spread):
    probabilities, _ = world(spread=spread)
    posterior = fit_error_posterior(probabilities)
    lowest = lowest_flag_rate(posterior)
    assert 0 < lowest < 1
    assert len(flag_labels(posterior, lowest).rows)
    assert not len(flag_labels(posterior, np.nextafter(lowest, 0)).rows)


@pytest.mark.parametrize("q", [-0.1, 1.1, float("nan")])
def test_a_bound_outside_its_range_is_refused(world, q):
    with pytest.raises(ParameterError) as refused:
        flag_labels(fit_error_posterior(world(n=10)[0]), q)
    assert str(refused.value) == (
        f"The maximum false discovery rate must be between 0 and 1; got {q!r}. For 10 % give 0.1."
    )
