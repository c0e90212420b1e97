import numpy as np
import pytest

from margin_core.errors import ReviewError
from margin_core.review import Verdict
from margin_core.review.estimates import Reviews
from margin_core.review.estimates.reviews import OUTCOMES

GIVEN = np.array([0, 1, 2, -1, 1])


def build(**parts):
    defaults = {
        "rows": [0, 1, 2],
        "verdicts": ["keep", "relabel", "skip"],
        "new_labels": [0, 2, 2],
        "sampled": [0, 1, 0],
    }
    return Reviews.build(given=GIVEN, **(defaults | parts))


def test_each_verdict_makes_the_given_label_right_wrong_or_unknown():
    found = build(
        rows=[4, 0, 1, 2], verdicts=["exclude", "keep", "relabel", "skip"], new_labels=[-1] * 4, sampled=[0] * 4
    )
    np.testing.assert_array_equal(found.outcomes, [1, 0, 1, -1])
    np.testing.assert_array_equal(build().true_labels, [0, 2, -1])
    np.testing.assert_array_equal(found.wrong, [4, 1])
    np.testing.assert_array_equal(found.known, [4, 0, 1])


def test_every_verdict_that_stands_is_understood():
    assert {*Verdict} - {Verdict.UNDO} == {*OUTCOMES}


def test_a_sample_without_a_label_is_left_out_and_the_order_is_kept():
    found = build(rows=[3, 2, 0], verdicts=["relabel", "keep", "keep"], sampled=[1, 1, 0])
    np.testing.assert_array_equal(found.rows, [2, 0])
    np.testing.assert_array_equal(found.sampled, [True, False])


def test_nothing_looked_at():
    assert len(Reviews.none()) == 0
    assert not len(Reviews.none().known)


def test_nobody_can_change_a_review():
    with pytest.raises(ValueError, match="read-only"):
        build().outcomes[0] = 1


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ({"rows": [0, 1]}, "Reviews: rows, verdicts, new labels and sampled must be as many; got [2, 3, 3, 3]."),
        (
            {"verdicts": ["keep", "maybe", "keep"]},
            "Reviews: there is no verdict 'maybe'. There are: keep, relabel, exclude, skip.",
        ),
        ({"rows": [0, 1, 1]}, "Reviews: a row occurs twice. Give each sample once, with the decision that holds."),
        ({"rows": [0, 1, 5]}, "Reviews: row 5 is not among the 5 of the study."),
        ({"rows": [0, 1, -1]}, "Reviews: row -1 is not among the 5 of the study."),
        (
            {"new_labels": [0, -5, 2]},
            "Reviews: row 1 is relabeled to -5, which is no class. Give the number of one, or -1 where it is not "
            "known.",
        ),
        (
            {"new_labels": [0, 0.5, 2]},
            "Reviews: new labels must be whole numbers, those of classes. For names use from_frame.",
        ),
    ],
)
def test_what_cannot_be_is_refused(parts, text):
    with pytest.raises(ReviewError) as refused:
        build(**parts)
    assert str(refused.value) == text


def test_a_label_that_is_confirmed_by_its_own_name_is_kept():
    given = np.array([0, 1, 0])
    reviews = Reviews.build(
        given=given, rows=[0, 1], verdicts=["relabel", "relabel"], new_labels=[0, 0], sampled=[False, False]
    )
    kept = Reviews.build(given=given, rows=[0, 1], verdicts=["keep", "relabel"], new_labels=[0, 0], sampled=[False] * 2)
    assert reviews.outcomes.tolist() == kept.outcomes.tolist()
    assert reviews.true_labels.tolist() == kept.true_labels.tolist() == [0, 0]
