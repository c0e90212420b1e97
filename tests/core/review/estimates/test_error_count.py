import numpy as np
import pytest

from margin_core.review.estimates import (
    ErrorProbabilities,
    Reviews,
    estimate_error_count,
    estimate_error_count_by_pair,
    fit_error_posterior,
)
from margin_core.values import TopClasses


@pytest.mark.slow
def test_the_interval_holds_the_truth_in_simulation(world, look):
    held = {0: 0, 40: 0, 200: 0}
    for seed in range(20):
        # The channel is off by -2 to 4 nats: it counts many times too few or too many.
        probabilities, truth = world(n=800, off=np.random.default_rng(seed).uniform(-2, 4), seed=seed)
        queue = np.argsort(-probabilities.score_logit)
        for looked in held:
            rows = np.unique(np.concatenate([queue[: looked * 9 // 10], queue[5 :: 8000 // max(looked, 1)]]))
            count = estimate_error_count(
                fit_error_posterior(probabilities, look(probabilities, truth, rows if looked else []))
            )
            held[looked] += count.low <= (probabilities.given != truth).sum() <= count.high
    assert min(held.values()) >= 0.9 * 20


def test_reviews_shrink_the_interval(world, look):
    probabilities, truth = world()
    widths = []
    for looked in (0, 50, 200, 800, 2000):
        count = estimate_error_count(
            fit_error_posterior(
                probabilities, look(probabilities, truth, np.random.default_rng(0).permutation(2000)[:looked])
            )
        )
        widths.append(count.high - count.low)
    assert widths == sorted(widths, reverse=True) and widths[-1] == 0


def test_what_was_found_is_counted(world, look):
    probabilities, truth = world(n=300)
    wrong = int((probabilities.given != truth).sum())
    count = estimate_error_count(fit_error_posterior(probabilities, look(probabilities, truth, np.arange(300))))
    assert (count.found, count.low, count.median, count.high) == (wrong,) * 4
    assert (
        count.found
        <= estimate_error_count(fit_error_posterior(probabilities, look(probabilities, truth, np.arange(100)))).high
    )


def test_without_labels_nothing_is_wrong():
    probabilities = ErrorProbabilities(
        given=np.full(3, -1),
        score_logit=np.full(3, -12.0),
        p_error=np.zeros(3),
        alternatives=TopClasses.complete(np.full((3, 2), 0.5, np.float32)),
    )
    count = estimate_error_count(fit_error_posterior(probabilities))
    assert (count.found, count.low, count.median, count.high) == (0, 0, 0, 0)
    assert estimate_error_count_by_pair(fit_error_posterior(probabilities)) == ()


def test_one_sample(world):
    probabilities, _ = world(n=1)
    count = estimate_error_count(fit_error_posterior(probabilities))
    assert 0 <= count.low <= count.median <= count.high <= 1


def habit(looked=0, seed=0):
    """Half of class 0 is called 1, nothing else is wrong; the channel thinks that 0 and 2 are as often called 1."""
    rng = np.random.default_rng(seed)
    n = 900
    truth = np.repeat([0, 1, 2], n // 3)
    given = np.where((truth == 0) & (rng.random(n) < 0.5), 1, truth)
    alternatives = np.full((n, 3), 0.5, np.float32)
    alternatives[np.arange(n), given] = 0
    score_logit = np.where(given != truth, 2.0, -7.0) + rng.normal(size=n)
    probabilities = ErrorProbabilities(
        given=given,
        score_logit=score_logit,
        p_error=np.where(score_logit > -2, 0.8, 1e-3).astype(float),
        alternatives=TopClasses.complete(alternatives),
    )
    rows = np.argsort(-score_logit)[:looked]
    verdicts = ["relabel" if given[row] != truth[row] else "keep" for row in rows]
    reviews = Reviews.build(given=given, rows=rows, verdicts=verdicts, new_labels=truth[rows], sampled=[False] * looked)
    return fit_error_posterior(probabilities, reviews), int(((given == 1) & (truth == 0)).sum())


def test_reviews_tell_which_pair_is_mistaken():
    posterior, wrong = habit()
    first = {(pair.given, pair.true): pair for pair in estimate_error_count_by_pair(posterior)}
    assert first[1, 0].low <= wrong <= first[1, 0].high
    assert first[1, 0].median == pytest.approx(first[1, 2].median, rel=0.3)
    posterior, wrong = habit(looked=60)
    best, *others = estimate_error_count_by_pair(posterior)
    assert (best.given, best.true) == (1, 0)
    assert best.found > 30 and best.low <= wrong <= best.high
    assert max(pair.median for pair in others) < 0.3 * best.median


def test_pairs_are_limited_and_never_of_a_class_with_itself():
    posterior, _ = habit(looked=30)
    assert len(estimate_error_count_by_pair(posterior, limit=2)) == 2
    assert all(pair.given != pair.true for pair in estimate_error_count_by_pair(posterior))
