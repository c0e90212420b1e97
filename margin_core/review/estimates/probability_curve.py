"""How likely a label of a given score is wrong: what a screen shows beside the score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from margin_core.review.estimates.error_posterior import ErrorPosterior
from margin_core.values import UNLABELLED, Doubles, freeze

SURE = 0.9
"""How sure the interval is."""


@dataclass(frozen=True, eq=False, kw_only=True)
class ErrorProbabilityCurve:
    """Chance of an error as a function of the score; none of the three ever falls as the score rises.

    Attributes
    ----------
    doubt : float array (l,)
        ``log(s / (1 - s))`` of the score s, ascending; only where there are samples. Empty without labels.
    likely, low, high : float array (l,) in [0, 1]
        Expected chance, and the interval in which it lies, 90 % sure.
    """

    doubt: Doubles
    likely: Doubles
    low: Doubles
    high: Doubles

    def __post_init__(self) -> None:
        freeze(self, "doubt", "likely", "low", "high")


def error_probability_curve(belief: ErrorPosterior) -> ErrorProbabilityCurve:
    """Read the chances off a belief, level by level of doubt.

    What reviews teach may bend a belief down where doubt is higher; here it is fitted by functions that never fall
    (least squares, weighted by samples), so that what is shown does not contradict the order of the queue. The
    expected number of errors stays the same. A label whose score moved as its neighbours were corrected has the chance
    of its score now.

    Parameters
    ----------
    belief : ErrorPosterior

    Returns
    -------
    ErrorProbabilityCurve

    Notes
    -----
    O(n), and 10 ms. Read between the levels by linear interpolation over doubt.
    """
    from scipy.optimize import isotonic_regression  # slow to import, and a study is opened without it

    labelled = belief.prior.given != UNLABELLED
    levels, place = np.unique(belief.level[labelled], return_inverse=True)
    if not len(levels):
        nothing = np.empty(0)
        return ErrorProbabilityCurve(doubt=nothing, likely=nothing, low=nothing, high=nothing)
    samples = np.bincount(place)
    # Where a level's samples lie, rather than its middle: the first and the last hold all that is beyond.
    doubt = np.bincount(place, weights=belief.prior.doubt[labelled]) / samples
    possible = belief.possible[:, levels]
    low, high = np.quantile(possible, [(1 - SURE) / 2, (1 + SURE) / 2], axis=0)
    likely, low, high = (
        np.asarray(isotonic_regression(part, weights=samples).x) for part in (possible.mean(axis=0), low, high)
    )
    return ErrorProbabilityCurve(doubt=doubt, likely=likely, low=low, high=high)
