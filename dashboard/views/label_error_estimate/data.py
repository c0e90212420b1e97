"""The error estimate of a study's labels by the reviews so far, computed once a version; the planted-error test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dashboard.study.error_probabilities import error_posterior, stated_probabilities
from dashboard.study.open_study import OpenStudy
from margin_core.review import estimates
from margin_core.review.estimates import (
    ErrorCount,
    ExpectedYield,
    PairCount,
    PlantedErrorTest,
    Reliability,
    RemainingErrors,
    base_rate_brier_score,
    brier_score,
    estimate_error_count,
    estimate_error_count_by_pair,
    expected_oracle_yield,
    expected_yield,
    prequential_probabilities,
    reliability,
    reviewed_yield,
)
from margin_core.storage.engine import Run
from margin_core.values import Doubles, Ints

NEXT_LABELS = 100
"""So many of the next labels in the queue have an expected yield."""

MAX_PAIRS = 8
MIN_REVIEWS = 20
"""Reviews from which a reliability diagram says something."""


@dataclass(frozen=True)
class StatedAccuracy:
    """How accurate probabilities were, each stated before the answer was known.

    Attributes
    ----------
    labels : int
        Answers that they were compared with.
    share : float
        Of the labels so many were wrong.
    diagram : Reliability
    brier_score : float
        In [0, 1]; 0 = sure and right.
    base_rate_brier_score : float
        That of stating `share` for every label.
    """

    labels: int
    share: float
    diagram: Reliability
    brier_score: float
    base_rate_brier_score: float


@dataclass(frozen=True, eq=False)
class ErrorEstimate:
    """How many labels are wrong, by the ranking and the reviews so far.

    Attributes
    ----------
    labeled : int
        Samples with a label.
    reviewed : int
        Labels that a reviewer has called right or wrong.
    left : RemainingErrors
    count : ErrorCount
    pairs : tuple of PairCount
    found : int array (r + 1,)
        Errors found after 0, 1, ... r labels looked at.
    ahead : ExpectedYield
        Expected yield of the next labels of the queue.
    best : float array (r + a + 1,)
        What the best order is expected to have found after 0, 1, ... labels, up to the end of `ahead`.
    stated : StatedAccuracy or None
        None before there are enough reviews.
    """

    labeled: int
    reviewed: int
    left: RemainingErrors
    count: ErrorCount
    pairs: tuple[PairCount, ...]
    found: Ints
    ahead: ExpectedYield
    best: Doubles
    stated: StatedAccuracy | None


def error_estimate(opened: OpenStudy) -> ErrorEstimate:
    """Estimate how many labels of a study are wrong, once a version of its decisions.

    Notes
    -----
    Some 60 ms after 200 reviews of 4,000 labels.
    """
    return opened.memory.recall("error_estimate", opened.version, lambda: compute_error_estimate(opened), capacity=1)


def planted_error_test(opened: OpenStudy) -> PlantedErrorTest:
    """Load what became of planted errors.

    Raises
    ------
    NotComputed
        None were planted yet.
    """
    task, run = opened.audited.task, Run(opened.audited.opened.engine)
    return opened.memory.recall(
        "planted_error_test", "", lambda: estimates.planted_error_test(opened.study, task, run=run)
    )


def compute_error_estimate(opened: OpenStudy) -> ErrorEstimate:
    """Estimate how many labels are wrong, from the decisions so far; `error_estimate` remembers it."""
    posterior = error_posterior(opened)
    following, _ = opened.session.upcoming_with_checks(NEXT_LABELS, checks=True)
    found, ahead = reviewed_yield(posterior.reviews), expected_yield(posterior, following)
    best = expected_oracle_yield(posterior, len(found) + len(ahead.mean) - 2)
    # The yield is exact and the best is drawn: where they nearly meet, the latter may fall short by a few hundredths.
    best[len(found) - 1 :] = np.maximum(best[len(found) - 1 :], found[-1] + ahead.mean)
    return ErrorEstimate(
        labeled=opened.audited.overview.labeled,
        reviewed=len(posterior.reviews.known),
        left=opened.session.remaining(),
        count=estimate_error_count(posterior),
        pairs=estimate_error_count_by_pair(posterior, limit=MAX_PAIRS),
        found=found,
        ahead=ahead,
        best=best,
        stated=_stated_accuracy(opened),
    )


def _stated_accuracy(opened: OpenStudy) -> StatedAccuracy | None:
    reviews = error_posterior(opened).reviews
    known = reviews.outcomes >= 0
    if int(known.sum()) < MIN_REVIEWS:
        return None
    stated, wrong = prequential_probabilities(stated_probabilities(opened), reviews)[known], reviews.outcomes[known]
    return StatedAccuracy(
        labels=len(wrong),
        share=float(wrong.mean()),
        diagram=reliability(stated, wrong),
        brier_score=brier_score(stated, wrong),
        base_rate_brier_score=base_rate_brier_score(wrong),
    )
