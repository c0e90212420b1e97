"""Label error estimates: the probability of an error of each label, how many are wrong, and when to stop.

`estimate_errors` is all of it for a study in memory. `estimate_error_probabilities` needs no review;
`fit_error_posterior` updates it by reviews; `estimate_error_count` and `flag_labels` follow from the posterior.
`RandomChecks` and `bound_remaining_errors` use random samples, no model.
"""

from margin_core.review.estimates.error_count import (
    ErrorCount,
    PairCount,
    estimate_error_count,
    estimate_error_count_by_pair,
)
from margin_core.review.estimates.error_posterior import (
    ErrorPosterior,
    fit_error_posterior,
    prequential_probabilities,
)
from margin_core.review.estimates.error_probabilities import ErrorProbabilities, estimate_error_probabilities
from margin_core.review.estimates.expected_yield import (
    ExpectedYield,
    expected_oracle_yield,
    expected_yield,
    observed_yield,
    oracle_yield,
    reviewed_yield,
)
from margin_core.review.estimates.false_discoveries import FlaggedLabels, flag_labels, lowest_flag_rate
from margin_core.review.estimates.label_errors import LabelErrorEstimate, estimate_errors
from margin_core.review.estimates.planted_errors import PlantedErrorTest, planted_error_test
from margin_core.review.estimates.probability_curve import ErrorProbabilityCurve, error_probability_curve
from margin_core.review.estimates.random_checks import RandomChecks
from margin_core.review.estimates.reliability import (
    Reliability,
    base_rate_brier_score,
    brier_score,
    reliability,
)
from margin_core.review.estimates.remaining_errors import (
    RemainingErrors,
    RemainingErrorsTracker,
    bound_remaining_errors,
    hypergeometric_bound,
)
from margin_core.review.estimates.reviews import Reviews

__all__ = [
    "ErrorCount",
    "ErrorPosterior",
    "ErrorProbabilities",
    "ErrorProbabilityCurve",
    "ExpectedYield",
    "FlaggedLabels",
    "LabelErrorEstimate",
    "PairCount",
    "PlantedErrorTest",
    "RandomChecks",
    "Reliability",
    "RemainingErrors",
    "RemainingErrorsTracker",
    "Reviews",
    "base_rate_brier_score",
    "bound_remaining_errors",
    "brier_score",
    "error_probability_curve",
    "estimate_error_count",
    "estimate_error_count_by_pair",
    "estimate_error_probabilities",
    "estimate_errors",
    "expected_oracle_yield",
    "expected_yield",
    "fit_error_posterior",
    "flag_labels",
    "hypergeometric_bound",
    "lowest_flag_rate",
    "observed_yield",
    "oracle_yield",
    "planted_error_test",
    "prequential_probabilities",
    "reliability",
    "reviewed_yield",
]
