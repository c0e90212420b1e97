"""Methods compared over many samples, with bootstrap intervals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from margin_core.bootstrap import bootstrap_means, percentile_interval
from margin_core.values import Doubles

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
    Samples are resampled with replacement (`margin_core.bootstrap`); all methods share the resamples, so that
    differences between them are paired: over the samples in which both are known.
    """
    known = {name: column for name, column in values.items() if np.isfinite(column).any()}
    if not known:
        return {}
    columns = np.array(list(known.values()))
    k = len(columns)
    # Each method's own values, then its lead over each method: all by the same resamples.
    leads = (better * (columns[:, None] - columns)).reshape(k * k, -1)
    rows = np.concatenate([columns, leads])
    low, high = percentile_interval(bootstrap_means(rows, np.isfinite(rows).astype(np.float64), seed=seed))
    lead = low[k:].reshape(k, k) > 0
    return {
        name: MethodSummary(
            mean=float(np.nanmean(columns[place])),
            low=float(low[place]),
            high=float(high[place]),
            is_best=bool(better and k > 1 and np.delete(lead[place], place).all()),
            samples=int(np.isfinite(columns[place]).sum()),
        )
        for place, name in enumerate(known)
    }
