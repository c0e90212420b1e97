"""Flagging labels without review at a bounded false discovery rate."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real

import numpy as np

from margin_core.errors import ParameterError
from margin_core.review.estimates.error_posterior import N_BINS, ErrorPosterior
from margin_core.values import Doubles, Ints, freeze

FALSE_DISCOVERY_RATES = (0.05, 0.1, 0.2)
"""Bounds at which the command line and the report list flagged labels."""

CREDIBILITY = 0.8
"""The false discovery proportion must stay within its bound in this share of the posterior's draws."""


@dataclass(frozen=True, eq=False, kw_only=True)
class FlaggedLabels:
    """Labels flagged as wrong without review.

    Parameters
    ----------
    rows : int array (f,)
        Most likely errors first, ties by row.
    expected_rate : float in [0, 1]
        Expected share of right labels among them; 0 when nothing is flagged.
    upper_rate : float in [0, 1]
        The share that is exceeded in one of five draws of the posterior.
    """

    rows: Ints
    expected_rate: float
    upper_rate: float

    def __post_init__(self) -> None:
        freeze(self, "rows")


def flag_labels(posterior: ErrorPosterior, max_rate: float) -> FlaggedLabels:
    r"""Flag as many open labels as keep the false discovery rate within a bound.

    Bins of the score are taken in the order of their expected probability of an error; of the sets
    :math:`S_1 \subset S_2 \subset \dots` the largest is chosen for which

    .. math:: \frac{1}{|S|} \sum_{i \in S} (1 - p'_i) \le q

    in 80 % of the draws of the posterior. That margin is what the promise "at most q on average over studies" needs;
    in simulation the average stays below q + 2 points (docs/benchmarks/all.md). One study may well exceed it.

    Parameters
    ----------
    posterior : ErrorPosterior
    max_rate : float in [0, 1]
        q, the largest acceptable share of right labels among the flagged; larger flags more.

    Returns
    -------
    FlaggedLabels
        Open labels only: those that a review found wrong need no flag and must not make room for false discoveries.

    Raises
    ------
    ParameterError
        `max_rate` is not within [0, 1].

    Notes
    -----
    O(n log n). Before reviews little is flagged at small q: see docs/decisions/0008 for where that must be so.
    """
    if isinstance(max_rate, bool) or not isinstance(max_rate, Real) or not 0 <= max_rate <= 1:
        raise ParameterError(
            f"The maximum false discovery rate must be between 0 and 1; got {max_rate!r}. For 10 % give 0.1."
        )
    open_rows, nested = posterior.open_rows, _nested_sets(posterior)
    allowed = np.flatnonzero(nested.upper <= max_rate)
    if not len(allowed):
        return FlaggedLabels(rows=open_rows[:0], expected_rate=0.0, upper_rate=0.0)
    last = int(allowed[-1])
    place = np.full(N_BINS, N_BINS)
    place[nested.order] = np.arange(len(nested.order))
    ranked = open_rows[np.argsort(place[posterior.bins[open_rows]], kind="stable")]
    return FlaggedLabels(
        rows=ranked[: nested.sizes[last]], expected_rate=float(nested.mean[last]), upper_rate=float(nested.upper[last])
    )


def lowest_flag_rate(posterior: ErrorPosterior) -> float | None:
    """Return the smallest maximum rate at which `flag_labels` flags any label.

    Parameters
    ----------
    posterior : ErrorPosterior

    Returns
    -------
    float in [0, 1] or None
        None where no label is open.
    """
    upper = _nested_sets(posterior).upper
    return float(upper.min()) if len(upper) else None


@dataclass(frozen=True, eq=False)
class _NestedSets:
    """Sets of open labels, each with one bin more than the one before, the bin with the likeliest errors first.

    Attributes
    ----------
    order : int array (b,)
        Bins that hold open labels.
    sizes : int array (b,)
        Labels in each set.
    mean, upper : float array (b,)
        Share of right labels in each set: expected, and exceeded in one of five draws.
    """

    order: Ints
    sizes: Ints
    mean: Doubles
    upper: Doubles


def _nested_sets(posterior: ErrorPosterior) -> _NestedSets:
    counts = np.bincount(posterior.bins[posterior.open_rows], minlength=N_BINS)
    # Of equal probabilities the larger score comes first.
    order = np.lexsort((-np.arange(N_BINS), -posterior.draws.mean(axis=0)))
    order = order[counts[order] > 0]
    sizes = np.cumsum(counts[order])
    rates = np.cumsum((1 - posterior.draws[:, order]) * counts[order], axis=1) / sizes
    upper = np.quantile(rates, CREDIBILITY, axis=0) if len(order) else np.empty(0)
    return _NestedSets(order, sizes, rates.mean(axis=0), upper)
