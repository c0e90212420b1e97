"""What the reviews so far say of a study's labels: all numbers of the page about trust, worked out once a version."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.study.open_study import OpenStudy
from margin_core.review.estimates import (
    ErrorCount,
    ExpectedYield,
    PairCount,
    Reliability,
    RemainingErrors,
    base_rate_brier_score,
    brier_score,
    estimate_error_count,
    estimate_error_count_by_pair,
    expected_yield,
    prequential_probabilities,
    reliability,
    reviewed_yield,
)
from margin_core.values import Ints

AHEAD = 100
"""So many of the next labels in the queue are foreseen."""

PAIRS = 8
ENOUGH = 20
"""Reviews from which a reliability diagram says something."""


@dataclass(frozen=True)
class Judged:
    """How well chances kept their word, each stated before the answer was known.

    Attributes
    ----------
    labels : int
        So many answers they were held against.
    share : float
        Of the labels so many were wrong.
    diagram : Reliability
    brier : float
        0 = sure and right; smaller = better.
    base_rate_brier_score : float
        That of somebody who states `share` of every label.
    """

    labels: int
    share: float
    diagram: Reliability
    brier_score: float
    base_rate_brier_score: float


@dataclass(frozen=True, eq=False)
class Standing:
    """How a review stands.

    Attributes
    ----------
    labelled : int
        Samples with a label.
    left : Remaining
    count : Count
    pairs : tuple of PairCount
    found : int array (r + 1,)
        Errors found after 0, 1, ... r labels looked at.
    ahead : ExpectedYield
        What the next labels of the queue may hold.
    judged : Judged or None
        None before there are enough reviews.
    """

    labelled: int
    left: RemainingErrors
    count: ErrorCount
    pairs: tuple[PairCount, ...]
    found: Ints
    ahead: ExpectedYield
    judged: Judged | None


def standing(opened: OpenStudy) -> Standing:
    """Sum up the reviews of a study.

    Notes
    -----
    Some 60 ms after 200 reviews of 4,000 labels; to be remembered by `OpenStudy.version`.
    """
    belief = opened.error_posterior()
    following, _ = opened.session.mixed(AHEAD, checks=True)
    return Standing(
        labelled=opened.audited.overview.labelled,
        left=opened.session.remaining(),
        count=estimate_error_count(belief),
        pairs=estimate_error_count_by_pair(belief, limit=PAIRS),
        found=reviewed_yield(belief.reviews),
        ahead=expected_yield(belief, following),
        judged=_judged(opened),
    )


def _judged(opened: OpenStudy) -> Judged | None:
    reviews = opened.error_posterior().reviews
    known = reviews.outcomes >= 0
    if int(known.sum()) < ENOUGH:
        return None
    stated, wrong = prequential_probabilities(opened.error_probabilities, reviews)[known], reviews.outcomes[known]
    return Judged(
        labels=len(wrong),
        share=float(wrong.mean()),
        diagram=reliability(stated, wrong),
        brier_score=brier_score(stated, wrong),
        base_rate_brier_score=base_rate_brier_score(wrong),
    )
