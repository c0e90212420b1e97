"""The probability of a label error as a function of the score: what a screen shows beside the score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from margin_core.review.estimates.error_posterior import ErrorPosterior
from margin_core.values import UNLABELED, Doubles, freeze

CREDIBILITY = 0.9
"""Of the interval."""


@dataclass(frozen=True, eq=False, kw_only=True)
class ErrorProbabilityCurve:
    """Probability of a label error as a function of the score; none of the three ever falls as the score rises.

    Parameters
    ----------
    score_logit : float array (l,)
        ``log(s / (1 - s))`` of the score s, ascending; only where there are samples. Empty without labels.
    mean, low, high : float array (l,) in [0, 1]
        Posterior mean, and the 90 % credible interval.
    """

    score_logit: Doubles
    mean: Doubles
    low: Doubles
    high: Doubles

    def __post_init__(self) -> None:
        freeze(self, "score_logit", "mean", "low", "high")


def error_probability_curve(posterior: ErrorPosterior) -> ErrorProbabilityCurve:
    """Compute the probability of a label error at each score, from the posterior.

    Reviews may bend the posterior down where the score is higher; here it is fitted by functions that never fall
    (isotonic regression, weighted by samples), so that what is shown does not contradict the order of the queue. The
    expected number of errors stays the same. A label whose score moved as its neighbors were corrected has the
    probability of its score now.

    Parameters
    ----------
    posterior : ErrorPosterior

    Returns
    -------
    ErrorProbabilityCurve

    Notes
    -----
    O(n), and 10 ms. Between the points, interpolate linearly over `score_logit`.
    """
    from scipy.optimize import isotonic_regression  # slow to import, and a study is opened without it

    labeled = posterior.prior.given != UNLABELED
    bins, place = np.unique(posterior.bins[labeled], return_inverse=True)
    if not len(bins):
        nothing = np.empty(0)
        return ErrorProbabilityCurve(score_logit=nothing, mean=nothing, low=nothing, high=nothing)
    samples = np.bincount(place)
    # Where a bin's samples lie, rather than its middle: the first and the last hold all that is beyond.
    score_logit = np.bincount(place, weights=posterior.prior.score_logit[labeled]) / samples
    draws = posterior.draws[:, bins]
    low, high = np.quantile(draws, [(1 - CREDIBILITY) / 2, (1 + CREDIBILITY) / 2], axis=0)
    mean, low, high = (
        np.asarray(isotonic_regression(part, weights=samples).x) for part in (draws.mean(axis=0), low, high)
    )
    return ErrorProbabilityCurve(score_logit=score_logit, mean=mean, low=low, high=high)
