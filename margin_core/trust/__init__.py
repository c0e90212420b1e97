"""How far to trust a ranking of labels: chances of errors, how many there are, when to stop.

`error_chances` says how likely each label is wrong before anybody has looked, `recalibrate` after some reviews;
`how_many` and `flag` read off what follows. `AuditPlan` and `errors_left` rest on random samples alone and on no model.
"""

from margin_core.trust.audit import AuditPlan, Remaining, Tally, errors_left, exact_bound
from margin_core.trust.chance import ErrorChances, error_chances
from margin_core.trust.curve import ChanceCurve, chance_curve
from margin_core.trust.false_alarms import Flagged, flag
from margin_core.trust.number import Count, PairCount, how_many, how_many_by_pair
from margin_core.trust.recalibration import Belief, recalibrate, stated_before
from margin_core.trust.reliability import Reliability, brier, brier_of_share, reliability
from margin_core.trust.reviews import Reviews
from margin_core.trust.self_test import SelfTest, self_test
from margin_core.trust.yields import Foreseen, foreseen, found_by, found_by_chance, found_by_oracle, found_so_far

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
