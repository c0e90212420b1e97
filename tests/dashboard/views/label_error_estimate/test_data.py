"""The estimates that the page shows agree with each other, whatever was reviewed."""

import numpy as np
import pytest

from dashboard.study.error_bound import is_bound_informative
from dashboard.views.label_error_estimate.data import TRIED_REVIEWS, error_estimate, find_flags
from margin_core.review import Choice, Verdict
from margin_core.review.estimates.remaining_errors import INFORMATIVE_SHARE


def review(opened, planted, rows, sampled):
    """Decide as it truly is."""
    flipped = set(planted.flipped.tolist())
    opened.session.decide(
        [
            Choice(
                seq=int(row) + 1, row=int(row), verdict=Verdict.RELABEL if row in flipped else Verdict.KEEP,
                label=int(planted.truth[row]), sampled=bool(one),
            )
            for row, one in zip(rows, sampled, strict=True)
        ],
        client="t",
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("reviews", [0, 1, 3, 6, 40, 90])
def test_the_best_order_ends_at_the_estimate_and_no_expectation_lies_above_it(asked, planted, reviews):
    review(asked, planted, *asked.session.upcoming_with_checks(reviews, checks=True))
    estimate = error_estimate(asked)
    found, count = estimate.found[-1], estimate.count
    assert count.low <= count.median <= count.high
    assert estimate.best[-1] == min(count.median, len(estimate.best) - 1)
    assert (found + estimate.ahead.median <= estimate.best[len(estimate.found) - 1 :]).all()
    assert len(estimate.best) == len(estimate.found) + len(estimate.ahead.median) - 1


def test_the_bound_is_said_once_it_says_something(asked, planted):
    rows, sampled = asked.session.upcoming_with_checks(90, checks=True)
    informative = []
    for first in range(0, 90, 10):
        review(asked, planted, rows[first : first + 10], sampled[first : first + 10])
        upper = asked.session.remaining().upper
        assert is_bound_informative(asked) == (upper <= INFORMATIVE_SHARE * 90)
        informative.append(is_bound_informative(asked))
    assert informative == sorted(informative) and informative[-1] and not informative[0]


def test_what_flagging_takes_is_said_where_nothing_can_be_flagged(asked, planted):
    review(asked, planted, planted.flipped, np.zeros(5, bool))
    none, some = find_flags(asked, 0.01), find_flags(asked, 1.0)
    assert not len(none.labels.rows) and 0.01 < none.lowest_rate <= 1
    assert none.reviews_missing is None or none.reviews_missing in (*TRIED_REVIEWS, 85)
    assert none.reviews_tried == 85  # as many as are left, not as many as are usually tried
    assert len(some.labels.rows) and some.reviews_missing is None
    rest = np.setdiff1d(np.arange(90), planted.flipped)
    review(asked, planted, rest, np.zeros(len(rest), bool))
    assert find_flags(asked, 0.5).lowest_rate is None


def test_reviews_that_are_expected_change_nothing_that_is_known(asked):
    before = error_estimate(asked)
    find_flags(asked, 0.01)
    assert error_estimate(asked) is before and asked.session.decisions() == []
