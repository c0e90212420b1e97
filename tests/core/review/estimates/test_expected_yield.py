from dataclasses import replace

import numpy as np

from margin_core.review.estimates import (
    Reviews,
    foreseen,
    found_by,
    found_by_chance,
    found_by_oracle,
    found_so_far,
    recalibrate,
)
from margin_core.values import UNLABELLED

WRONG = np.array([False, True, False, True])


def test_a_ranking_lies_between_nothing_and_the_oracle():
    found = found_by(np.array([1, 0, 3, 2]), WRONG)
    np.testing.assert_array_equal(found, [0, 1, 1, 2, 2])
    np.testing.assert_array_equal(found_by_oracle(4, 2), [0, 1, 2, 2, 2])
    np.testing.assert_allclose(found_by_chance(4, 2, 4), [0, 0.5, 1, 1.5, 2])


def test_what_reviews_found():
    reviews = Reviews.build(
        given=np.zeros(4, int), rows=[2, 1, 3], verdicts=["keep", "relabel", "exclude"], new_labels=[0, 1, 0],
        drawn=[False] * 3,
    )  # fmt: skip
    np.testing.assert_array_equal(found_so_far(reviews), [0, 0, 1, 2])
    np.testing.assert_array_equal(found_so_far(Reviews.none()), [0])
    np.testing.assert_array_equal(found_by_chance(0, 0, 0), [0])


def test_what_the_next_looks_may_hold(world, look):
    """Chances that are right on average: of many worlds the interval holds what is found."""
    held = []
    for seed in range(30):
        chances, truth = world(n=600, seed=seed)
        order = np.argsort(-chances.doubt, kind="stable")
        belief = recalibrate(chances, look(chances, truth, order[:60]))
        ahead = foreseen(belief, order[60:110])
        found = np.cumsum(chances.given[order[60:110]] != truth[order[60:110]])
        assert ahead.likely[0] == ahead.low[0] == ahead.high[0] == 0
        assert (np.diff(ahead.likely) >= 0).all() and (ahead.low <= ahead.high).all()
        held.append(ahead.low[-1] <= found[-1] <= ahead.high[-1])
    assert np.mean(held) >= 0.9


def test_nothing_is_foreseen_of_samples_without_a_label(world):
    chances, _ = world(n=50)
    given = np.array(chances.given)
    given[:5] = UNLABELLED
    bare = replace(chances, given=given)
    assert foreseen(recalibrate(bare), np.arange(5)).high.tolist() == [0] * 6
    assert len(foreseen(recalibrate(bare), np.arange(0)).likely) == 1
