"""The error estimate of a study's labels by the reviews so far, computed once a version; the planted-error test."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from dashboard.study.error_probabilities import error_posterior, stated_probabilities
from dashboard.study.open_study import OpenStudy
from margin_core.review import estimates
from margin_core.review.estimates import (
    ErrorCount,
    ErrorPosterior,
    ExpectedYield,
    FlaggedLabels,
    PairCount,
    PlantedErrorTest,
    Reliability,
    RemainingErrors,
    Reviews,
    base_rate_brier_score,
    brier_score,
    estimate_error_count,
    estimate_error_count_by_pair,
    expected_yield,
    fit_error_posterior,
    flag_labels,
    lowest_flag_rate,
    oracle_yield,
    prequential_probabilities,
    reliability,
    reviewed_yield,
)
from margin_core.storage.engine import Run
from margin_core.values import UNLABELED, Ints

NEXT_LABELS = 100
"""So many of the next labels in the queue have an expected yield."""

TRIED_REVIEWS = (10, 20, 50, 100)
"""So many more reviews are tried for labels that could be flagged then."""

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
        Expected yield of the next labels of the queue; its median exceeds that of the best order nowhere.
    best : int array (r + a + 1,)
        What the best order finds after 0, 1, ... labels, up to the end of `ahead`, where `count.median` are wrong.
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
    best: Ints
    stated: StatedAccuracy | None


def error_estimate(opened: OpenStudy) -> ErrorEstimate:
    """Estimate how many labels of a study are wrong, once a version of its decisions.

    Notes
    -----
    Some 60 ms after 200 reviews of 4,000 labels.
    """
    return opened.memory.recall("error_estimate", opened.version, lambda: compute_error_estimate(opened), capacity=1)


@dataclass(frozen=True, eq=False)
class Flags:
    """Labels that can be flagged without review, or what it takes until some can.

    Attributes
    ----------
    labels : FlaggedLabels
    lowest_rate : float or None
        The smallest false discovery rate at which any label is flagged; None where no label is open.
    reviews_missing : int or None
        Where none is flagged: after about so many more reviews some are, if these find what is likeliest; None: not
        after `reviews_tried` either.
    reviews_tried : int
        The most reviews that were tried: of `TRIED_REVIEWS`, or as many as are left.
    """

    labels: FlaggedLabels
    lowest_rate: float | None
    reviews_missing: int | None
    reviews_tried: int


def find_flags(opened: OpenStudy, max_rate: float) -> Flags:
    """Select the labels that can be flagged at a false discovery rate, once a version of the decisions."""
    return opened.memory.recall("flags", f"{opened.version} {max_rate}", lambda: _find_flags(opened, max_rate))


def _find_flags(opened: OpenStudy, max_rate: float) -> Flags:
    posterior = error_posterior(opened)
    labels = flag_labels(posterior, max_rate)
    left, missing = len(opened.session.upcoming_with_checks(TRIED_REVIEWS[-1], checks=True)[0]), None
    tried = sorted({min(number, left) for number in TRIED_REVIEWS} - {0})
    if not len(labels.rows):
        missing = next((n for n in tried if len(flag_labels(_expected_posterior(opened, n), max_rate).rows)), None)
    return Flags(labels, lowest_flag_rate(posterior), missing, tried[-1] if tried else 0)


def _expected_posterior(opened: OpenStudy, reviews: int) -> ErrorPosterior:
    """Fit the posterior that so many more reviews of the queue leave, if each finds what is likeliest."""
    return opened.memory.recall(
        "expected_posterior", f"{opened.version} {reviews}", lambda: _fit_expected_posterior(opened, reviews),
        capacity=len(TRIED_REVIEWS),
    )  # fmt: skip


def _fit_expected_posterior(opened: OpenStudy, reviews: int) -> ErrorPosterior:
    posterior = error_posterior(opened)
    made = posterior.reviews
    following, _ = opened.session.upcoming_with_checks(reviews, checks=True)
    given = posterior.prior.given
    rows = following[(given[following] != UNLABELED) & ~np.isin(following, made.rows)]
    outcomes = (posterior.posterior_mean[rows] >= 0.5).astype(np.int64)
    unknown = np.full(len(rows), UNLABELED)
    more = Reviews(
        rows=np.concatenate([made.rows, rows]),
        outcomes=np.concatenate([made.outcomes, outcomes]),
        true_labels=np.concatenate([made.true_labels, unknown]),
        sampled=np.concatenate([made.sampled, np.zeros(len(rows), bool)]),
    )
    return fit_error_posterior(posterior.prior, more)


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
    count = estimate_error_count(posterior)
    best = oracle_yield(len(found) + len(ahead.median) - 2, count.median)
    # Both are drawn, each for itself: where they nearly meet, one label may be too many.
    ahead = replace(ahead, median=np.minimum(ahead.median, best[len(found) - 1 :] - found[-1]))
    return ErrorEstimate(
        labeled=opened.audited.overview.labeled,
        reviewed=len(posterior.reviews.known),
        left=opened.session.remaining(),
        count=count,
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
