"""Whether chances keep their word."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from margin_core.errors import ParameterError
from margin_core.values import Doubles, freeze

TAILS = (0.025, 0.975)


@dataclass(frozen=True, eq=False, kw_only=True)
class Reliability:
    """A reliability diagram: one entry a bin of stated chance, empty bins left out.

    Attributes
    ----------
    stated : float array (b,)
        Mean stated chance of an error.
    happened : float array (b,)
        Share that was wrong; on a diagonal with `stated` when chances keep their word, above when they understate.
    low, high : float array (b,)
        95 % interval of that share (Clopper and Pearson).
    size : int array (b,)
        Samples.
    """

    stated: Doubles
    happened: Doubles
    low: Doubles
    high: Doubles
    size: np.ndarray

    def __post_init__(self) -> None:
        freeze(self, "stated", "happened", "low", "high", "size")


def reliability(p_error: ArrayLike, wrong: ArrayLike, *, bins: int = 10) -> Reliability:
    """Compare stated chances with what happened, in bins of equal width.

    Parameters
    ----------
    p_error : array_like (m,) in [0, 1]
        As stated before the answer was known.
    wrong : array_like (m,) in [0, 1]
        Whether the label was wrong; a number in between is a chance itself (`planted_error_test`).
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
    Samples that a queue chose are no random ones: their bins tell of the samples shown, not of those that were not.
    """
    from scipy.stats import beta  # slow to import, and a study is opened without it

    stated, happened = _checked(p_error, wrong)
    if bins < 1:
        raise ParameterError(f"A reliability diagram needs at least one bin; got {bins}.")
    place = np.minimum((stated * bins).astype(np.int64), bins - 1)
    size = np.bincount(place, minlength=bins)
    full = size > 0
    count = size[full]
    hits = np.bincount(place, weights=happened, minlength=bins)[full]
    misses = count - hits
    low = np.where(hits > 0, beta.ppf(TAILS[0], np.maximum(hits, 1e-9), misses + 1), 0.0)
    high = np.where(misses > 0, beta.ppf(TAILS[1], hits + 1, np.maximum(misses, 1e-9)), 1.0)
    return Reliability(
        stated=np.bincount(place, weights=stated, minlength=bins)[full] / count,
        happened=hits / count,
        low=low,
        high=high,
        size=count,
    )


def brier_score(p_error: ArrayLike, wrong: ArrayLike) -> float:
    r"""Score chances by :math:`\frac{1}{m} \sum_i (p_i - e_i)^2`: 0 = sure and right, 0.25 = always one half.

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
    stated, happened = _checked(p_error, wrong)
    return float(((stated - happened) ** 2).mean()) if len(stated) else float("nan")


def base_rate_brier_score(wrong: ArrayLike) -> float:
    """Score somebody who states the same chance of every label: the share that turns out wrong.

    The reference for `brier_score`: chances that score no better tell no label from another. It is a strict one, since
    the share is known only afterwards.

    Parameters
    ----------
    wrong : array_like (m,) in [0, 1]

    Returns
    -------
    float
        In [0, 0.25]; NaN without samples.
    """
    happened = np.asarray(wrong, dtype=np.float64)
    return float(happened.var()) if len(happened) else float("nan")


def _checked(p_error: ArrayLike, wrong: ArrayLike) -> tuple[Doubles, Doubles]:
    stated, happened = np.asarray(p_error, dtype=np.float64), np.asarray(wrong, dtype=np.float64)
    if stated.shape != happened.shape:
        raise ParameterError(f"Chances and answers must be as many; got {stated.size:,} and {happened.size:,}.")
    return stated, happened
