"""How far to trust a ranking of labels: chances of errors, how many there are, when to stop.

`error_chances` says how likely each label is wrong before anybody has looked, `recalibrate` after some reviews;
`how_many` and `flag` read off what follows. `AuditPlan` and `errors_left` rest on random samples alone and on no model.
"""

from margin_core.review.estimates.error_count import Count, PairCount, how_many, how_many_by_pair
from margin_core.review.estimates.error_probabilities import ErrorChances, error_chances
from margin_core.review.estimates.expected_yield import (
    Foreseen,
    foreseen,
    found_by,
    found_by_chance,
    found_by_oracle,
    found_so_far,
)
from margin_core.review.estimates.false_discoveries import Flagged, flag
from margin_core.review.estimates.probability_curve import ChanceCurve, chance_curve
from margin_core.review.estimates.recalibration import Belief, recalibrate, stated_before
from margin_core.review.estimates.reliability import Reliability, brier, brier_of_share, reliability
from margin_core.review.estimates.remaining_errors import AuditPlan, Remaining, Tally, errors_left, exact_bound
from margin_core.review.estimates.reviews import Reviews
from margin_core.review.estimates.self_test import SelfTest, self_test

__all__ = [
    "AuditPlan",
    "Belief",
    "ChanceCurve",
    "Count",
    "ErrorChances",
    "Flagged",
    "Foreseen",
    "PairCount",
    "Reliability",
    "Remaining",
    "Reviews",
    "SelfTest",
    "Tally",
    "brier",
    "brier_of_share",
    "chance_curve",
    "error_chances",
    "errors_left",
    "exact_bound",
    "flag",
    "foreseen",
    "found_by",
    "found_by_chance",
    "found_by_oracle",
    "found_so_far",
    "how_many",
    "how_many_by_pair",
    "recalibrate",
    "reliability",
    "self_test",
    "stated_before",
]
