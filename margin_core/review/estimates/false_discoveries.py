"""Flagging as many labels as a bounded share of false alarms allows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from margin_core.errors import ParameterError
from margin_core.review.estimates.error_posterior import LEVELS, ErrorPosterior
from margin_core.values import Ints, freeze

SURENESS = 0.8
"""The share of false alarms must stay within its bound in so many of the possible recalibrations."""


@dataclass(frozen=True, eq=False, kw_only=True)
class FlaggedLabels:
    """Labels flagged as wrong without having been looked at.

    Attributes
    ----------
    rows : int array (f,)
        Likeliest errors first, ties by row.
    false_alarms : float in [0, 1]
        Expected share of right labels among them; 0 when nothing is flagged.
    at_most : float in [0, 1]
        The share that it exceeds in one of five possible recalibrations.
    """

    rows: Ints
    false_alarms: float
    at_most: float

    def __post_init__(self) -> None:
        freeze(self, "rows")


def flag_labels(belief: ErrorPosterior, q: float) -> FlaggedLabels:
    r"""Flag as many open labels as keep the share of false alarms within q.

    Levels of doubt are taken in the order of their expected chance of an error; of the sets
    :math:`S_1 \subset S_2 \subset \dots` the largest is chosen for which

    .. math:: \frac{1}{|S|} \sum_{i \in S} (1 - p'_i) \le q

    in 80 % of the possible recalibrations. That margin is what the promise "at most q on average over studies" needs;
    in simulation the average stays below q + 2 points (docs/benchmarks.md). One study may well exceed it.

    Parameters
    ----------
    belief : ErrorPosterior
    q : float in [0, 1]
        Share of right labels among the flagged that can be borne; larger flags more.

    Returns
    -------
    Flagged
        Open labels only: those that a review has found wrong need no flag and must not buy false alarms.

    Raises
    ------
    ParameterError
        q is not within [0, 1].

    Notes
    -----
    O(n log n). Before reviews little is flagged at small q: see docs/decisions/0008 for where that must be so.
    """
    if not 0 <= q <= 1:
        raise ParameterError(f"The share of false alarms q must be between 0 and 1; got {q!r}. For 10 % give 0.1.")
    open_rows = belief.open
    counts = np.bincount(belief.level[open_rows], minlength=LEVELS)
    # Of equal chances the larger doubt comes first.
    order = np.lexsort((-np.arange(LEVELS), -belief.possible.mean(axis=0)))
    order = order[counts[order] > 0]
    sizes = np.cumsum(counts[order])
    shares = np.cumsum((1 - belief.possible[:, order]) * counts[order], axis=1) / sizes
    most = np.quantile(shares, SURENESS, axis=0) if len(order) else np.empty(0)
    allowed = np.flatnonzero(most <= q)
    if not len(allowed):
        return FlaggedLabels(rows=open_rows[:0], false_alarms=0.0, at_most=0.0)
    last = int(allowed[-1])
    place = np.full(LEVELS, LEVELS)
    place[order] = np.arange(len(order))
    ranked = open_rows[np.argsort(place[belief.level[open_rows]], kind="stable")]
    return FlaggedLabels(
        rows=ranked[: sizes[last]], false_alarms=float(shares[:, last].mean()), at_most=float(most[last])
    )
