"""Calibration of probabilities: the reliability diagram and the Brier score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from margin_core.errors import ParameterError
from margin_core.values import Doubles, freeze

QUANTILES = (0.025, 0.975)


@dataclass(frozen=True, eq=False, kw_only=True)
class Reliability:
    """A reliability diagram: one entry a bin of predicted probability, empty bins left out.

    Parameters
    ----------
    predicted : float array (b,)
        Mean predicted probability of an error.
    observed : float array (b,)
        Share that was wrong; equal to `predicted` when probabilities are calibrated, above it when they are too low.
    low, high : float array (b,)
        95 % confidence interval of that share (Clopper and Pearson).
    count : int array (b,)
        Samples.
    """

    predicted: Doubles
    observed: Doubles
    low: Doubles
    high: Doubles
    count: np.ndarray

    def __post_init__(self) -> None:
        freeze(self, "predicted", "observed", "low", "high", "count")


def reliability(p_error: ArrayLike, wrong: ArrayLike, *, bins: int = 10) -> Reliability:
    """Compute a reliability diagram with bins of equal width.

    Parameters
    ----------
    p_error : array_like (m,) in [0, 1]
        As predicted before the answer was known.
    wrong : array_like (m,) in [0, 1]
        Whether the label was wrong; a number in between is a probability itself (`planted_error_test`).
    bins : int
        Of width ``1 / bins``.

    Returns
    -------
    Reliability
        Without entries when there is no sample.

    Raises
    ------
    ParameterError
        Lengths that differ, fewer than one bin.

    Notes
    -----
    A queue's choice of samples is not random: the bins describe the samples shown, not those that were not.
    """
    from scipy.stats import beta  # slow to import, and a study is opened without it

    predicted, observed = _checked(p_error, wrong)
    if bins < 1:
        raise ParameterError(f"A reliability diagram needs at least one bin; got {bins}.")
    place = np.minimum((predicted * bins).astype(np.int64), bins - 1)
    size = np.bincount(place, minlength=bins)
    full = size > 0
    count = size[full]
    hits = np.bincount(place, weights=observed, minlength=bins)[full]
    misses = count - hits
    low = np.where(hits > 0, beta.ppf(QUANTILES[0], np.maximum(hits, 1e-9), misses + 1), 0.0)
    high = np.where(misses > 0, beta.ppf(QUANTILES[1], hits + 1, np.maximum(misses, 1e-9)), 1.0)
    return Reliability(
        predicted=np.bincount(place, weights=predicted, minlength=bins)[full] / count,
        observed=hits / count,
        low=low,
        high=high,
        count=count,
    )


def brier_score(p_error: ArrayLike, wrong: ArrayLike) -> float:
    r"""Compute the Brier score :math:`\frac{1}{m} \sum_i (p_i - e_i)^2`: 0 = sure and right, 0.25 = always one half.

    scikit-learn's `brier_score_loss` takes no probability for an answer, as `planted_error_test` has them, and a second
    to import.

    Parameters
    ----------
    p_error, wrong : array_like (m,) in [0, 1]

    Returns
    -------
    float
        Smaller = better; NaN without samples.

    Raises
    ------
    ParameterError
        Lengths that differ.
    """
    predicted, observed = _checked(p_error, wrong)
    return float(((predicted - observed) ** 2).mean()) if len(predicted) else float("nan")


def base_rate_brier_score(wrong: ArrayLike) -> float:
    """Compute the Brier score of predicting the base rate for every label: the share that turns out wrong.

    The reference for `brier_score`: probabilities that score no better tell no label from another. It is a strict one,
    since the share is known only afterwards.

    Parameters
    ----------
    wrong : array_like (m,) in [0, 1]

    Returns
    -------
    float
        In [0, 0.25]; NaN without samples.
    """
    observed = np.asarray(wrong, dtype=np.float64)
    return float(observed.var()) if len(observed) else float("nan")


def _checked(p_error: ArrayLike, wrong: ArrayLike) -> tuple[Doubles, Doubles]:
    predicted, observed = np.asarray(p_error, dtype=np.float64), np.asarray(wrong, dtype=np.float64)
    if predicted.shape != observed.shape:
        raise ParameterError(
            f"Probabilities and answers must be as many; got {predicted.size:,} and {observed.size:,}."
        )
    for what, values in (("probabilities", predicted), ("answers", observed)):
        odd = values[~((values >= 0) & (values <= 1))]
        if odd.size:
            raise ParameterError(f"Reliability: {what} must be between 0 and 1; got {odd.flat[0]:g}.")
    return predicted, observed
