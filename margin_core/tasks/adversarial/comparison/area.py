"""The area under the ROC curve of a score, with a bootstrap interval."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from margin_core.bootstrap import N_RESAMPLES, percentile_interval
from margin_core.values import Doubles, Findings

_BLOCK = 200
"""Resamples that are held at once."""


@dataclass(frozen=True)
class Area:
    """An area under the ROC curve.

    Attributes
    ----------
    auc : float
        The probability that an attacked sample scores higher than a clean one, ties counting half; in [0, 1], 0.5 =
        no better than chance. NaN where the score is unknown, or one of the two is missing.
    low, high : float
        The 95 % bootstrap interval.
    """

    auc: float
    low: float
    high: float


def measure_area(scores: Doubles, attacked: NDArray[np.bool_], units: NDArray[np.generic], *, seed: int = 0) -> Area:
    """Compute the area under the ROC curve of a score, and its bootstrap interval.

    Parameters
    ----------
    scores : float array (m,)
        Larger = more likely attacked; samples without a score (NaN) are left out.
    attacked : bool array (m,)
        Whether each is attacked.
    units : array (m,)
        What is resampled together: a sample and its attacked copy.
    seed : int

    Returns
    -------
    Area

    Notes
    -----
    O(resamples m). 2,000 resamples of the units; the interval is that of percentiles.
    """
    known = ~np.isnan(scores)
    scores, attacked, units = scores[known], attacked[known], units[known]
    if not attacked.any() or attacked.all():
        return Area(np.nan, np.nan, np.nan)
    order = np.argsort(scores, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(scores[order]) > 0])
    _, unit = np.unique(units, return_inverse=True)
    number = int(unit.max()) + 1
    rng = np.random.default_rng(seed)
    resampled = np.empty(N_RESAMPLES)
    for first in range(0, N_RESAMPLES, _BLOCK):
        counts = rng.multinomial(number, np.full(number, 1 / number), size=min(_BLOCK, N_RESAMPLES - first))
        resampled[first : first + len(counts)] = _areas(counts[:, unit[order]], attacked[order], starts)
    low, high = percentile_interval(resampled[:, None])
    return Area(_whole_area(scores, attacked), float(low[0]), float(high[0]))


def point_area(scores: Doubles, attacked: NDArray[np.bool_]) -> float:
    """Compute the area under the ROC curve of a score, without an interval.

    Parameters
    ----------
    scores : float array (m,)
        Larger = more likely attacked; samples without a score (NaN) are left out.
    attacked : bool array (m,)
        Whether each is attacked.

    Returns
    -------
    float
        In [0, 1]; NaN where the score is unknown, or no sample or every sample is attacked.
    """
    known = ~np.isnan(scores)
    if not attacked[known].any() or attacked[known].all():
        return float("nan")
    return _whole_area(scores[known], attacked[known])


def compute_areas(findings: Findings, names: Iterable[str]) -> Mapping[str, Area]:
    """Compute the areas under the ROC curves of columns of the findings of `AdversarialStatistics`.

    Parameters
    ----------
    findings : Findings
    names : iterable of str
        Columns of scores.

    Returns
    -------
    mapping of str to Area
    """
    evidence = findings.evidence
    return {name: measure_area(evidence[name], evidence["attacked"], evidence["sample"]) for name in names}


def _whole_area(scores: Doubles, attacked: NDArray[np.bool_]) -> float:
    order = np.argsort(scores, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(scores[order]) > 0])
    return float(_areas(np.ones((1, len(order)), dtype=np.int64), attacked[order], starts)[0])


def _areas(counts: NDArray[np.int64], attacked: NDArray[np.bool_], starts: NDArray[np.intp]) -> Doubles:
    """Compute areas of samples sorted by score that count several times each; starts are those of equal scores."""
    hits = np.add.reduceat(counts * attacked, starts, axis=1).astype(np.float64)
    misses = np.add.reduceat(counts * ~attacked, starts, axis=1).astype(np.float64)
    below = np.cumsum(misses, axis=1) - misses
    with np.errstate(invalid="ignore"):
        areas: Doubles = (hits * (below + misses / 2)).sum(axis=1) / (hits.sum(axis=1) * misses.sum(axis=1))
    return areas
