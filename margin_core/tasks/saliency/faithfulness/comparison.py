"""Methods compared over many samples, with bootstrap intervals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from margin_core.values import Doubles

N_RESAMPLES = 2000

LOW, HIGH = 2.5, 97.5
"""Percentiles of an interval."""

METRIC_DIRECTIONS = {"deletion": -1, "insertion": 1, "road": 1, "gini": 0, "top_k": 1, "correlation": 1, "shift": -1}
"""Whether more (1) or less (-1) is better; 0: neither."""


@dataclass(frozen=True)
class MethodSummary:
    """One metric of one method over many samples.

    Attributes
    ----------
    mean : float
    low, high : float
        95 % bootstrap interval of the mean.
    is_best : bool
        Whether it is better than that of every other method, by paired intervals that leave out 0.
    samples : int
        In which it is known.
    """

    mean: float
    low: float
    high: float
    is_best: bool
    samples: int


def compare_methods(values: Mapping[str, Doubles], better: int, *, seed: int = 0) -> dict[str, MethodSummary]:
    """Compute the mean of one metric for several methods over the same samples, with paired intervals.

    Parameters
    ----------
    values : mapping of method to float64 array (n,)
        Sample by sample in the same order; NaN where it is not known.
    better : int
        1: more is better; -1: less; 0: neither, and none is best (`METRIC_DIRECTIONS`).
    seed : int

    Returns
    -------
    mapping of method to MethodSummary
        A method that is known in no sample is left out.

    Notes
    -----
    Samples are resampled with replacement, `N_RESAMPLES` times; all methods share the resamples, so that differences
    between them are paired: over the samples in which both are known.
    """
    known = {name: column for name, column in values.items() if np.isfinite(column).any()}
    if not known:
        return {}
    columns = np.array(list(known.values()))
    n = columns.shape[1]
    resamples = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=N_RESAMPLES).astype(np.float64)
    summaries = {}
    for place, (name, column) in enumerate(known.items()):
        low, high = _interval(resamples, column)
        leads = [
            _interval(resamples, better * (column - other))[0] > 0
            for number, other in enumerate(columns)
            if number != place
        ]
        summaries[name] = MethodSummary(
            mean=float(np.nanmean(column)), low=low, high=high, is_best=bool(better and leads and all(leads)),
            samples=int(np.isfinite(column).sum()),
        )  # fmt: skip
    return summaries


def _interval(resamples: Doubles, column: Doubles) -> tuple[float, float]:
    """Return the 95 % interval of a mean; NaN of a column without a value."""
    is_known = np.isfinite(column)
    if not is_known.any():
        return float("nan"), float("nan")
    weights = resamples[:, is_known]
    total = weights.sum(axis=1)
    means = (weights @ column[is_known])[total > 0] / total[total > 0]
    low, high = np.percentile(means, [LOW, HIGH])
    return float(low), float(high)
