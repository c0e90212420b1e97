"""How far to trust a ranking of labels: chances of errors, how many there are, when to stop.

`error_chances` says how likely each label is wrong before anybody has looked, `recalibrate` after some reviews;
`how_many` and `flag` read off what follows. `AuditPlan` and `errors_left` rest on random samples alone and on no model.
"""

from margin_core.trust.audit import AuditPlan, Remaining, errors_left, exact_bound
from margin_core.trust.chance import ErrorChances, error_chances
from margin_core.trust.false_alarms import Flagged, flag
from margin_core.trust.number import Count, PairCount, how_many, how_many_by_pair
from margin_core.trust.recalibration import Belief, recalibrate
from margin_core.trust.reliability import Reliability, brier, reliability
from margin_core.trust.reviews import Reviews
from margin_core.trust.self_test import SelfTest, self_test
from margin_core.trust.yields import found_by, found_by_chance, found_by_oracle, found_so_far

__all__ = [
    "AuditPlan",
    "Belief",
    "Count",
    "ErrorChances",
    "Flagged",
    "PairCount",
    "Reliability",
    "Remaining",
    "Reviews",
    "SelfTest",
    "brier",
    "error_chances",
    "errors_left",
    "exact_bound",
    "flag",
    "found_by",
    "found_by_chance",
    "found_by_oracle",
    "found_so_far",
    "how_many",
    "how_many_by_pair",
    "recalibrate",
    "reliability",
    "self_test",
]
