import numpy as np

from margin_core.trust import Reviews, found_by, found_by_chance, found_by_oracle, found_so_far

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
