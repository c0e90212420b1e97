"""What the page of the label error estimate says."""

from __future__ import annotations

import math
from collections.abc import Sequence

from margin_core.study.samples import counted

TITLE = "Label error estimate"
HELP = "How many labels are wrong, how certain that is, and when you can stop reviewing."

ESTIMATE, FOUND, LEFT = "Wrong labels, by estimate", "Found so far", "Left, at most"
ESTIMATE_HELP = (
    "The median of what the ranking and all reviews so far leave possible. Before reviews the interval is wide, "
    "because only a review can distinguish a difficult sample from a wrong label."
)
FOUND_HELP = "Labels that a reviewer changed or excluded."
LEFT_UNKNOWN = "not known yet"
LEFT_HELP = (
    "One label in ten of the queue is a random check among those that are not suspects. This bound uses only these "
    "checks and no model, and holds however often you look. Suspects that were not reviewed count as wrong. It is "
    "shown from one fifth of all labels down."
)
ESTIMATING = "Estimating how many labels are wrong"
GOAL = "Stop when at most this many labels are wrong"
GOAL_HELP = "After the last suspect, the queue continues with random checks until this goal is reached."
SUSPECTS_FIRST = "Review the suspects first: each suspect that was not reviewed counts as wrong."
SKIPPED_FIRST = "Decide on the skipped labels: each counts as wrong until you do."
GO_ON = "Go on reviewing"

YIELD = "Expected yield"
WITH_TRUTH = "Compare with the true labels"
WITH_TRUTH_HELP = "This study keeps them in a file beside it."
YIELD_NOTE = (
    "Lines are medians, bands 95 % intervals. The random and the best possible order are based on the estimated number "
    "of wrong labels. "
    "Other methods are not shown: labels that this queue selected do not allow a fair comparison."
)
YIELD_WITH_TRUTH_NOTE = (
    "The orders of other methods, compared with the true labels. One place in ten of your review is a random check, "
    "which is the cost of the bound above."
)
FLAG = "Flag without review"
FDR = "Maximum false discovery rate"
FDR_HELP = (
    "The largest share of correct labels among the flagged ones. It holds on average over data sets, not for each."
)
LIST_THEM = "List them"
NOTHING_OPEN = "Every label is reviewed."
KINDS = "Kinds of errors"
GIVEN, TRUE, FOUND_OF_PAIR, ESTIMATE_OF_PAIR, INTERVAL = "given", "true", "found", "estimate", "95 %"

CALIBRATION = "Calibration"
CALIBRATION_NOTE = (
    "The probability stated before each label was reviewed, learned from earlier reviews only, against the share that "
    "reviewers found wrong. On the dotted line both agree. The Brier score is the mean squared difference."
)
RECALL = "Recall of the queue"
PLANT_HINT = "Plant errors in a copy of your labels and see how early the queue shows them."
PLANT = "Plant errors"


def looked_at(count: int) -> str:
    """Return how many labels were looked at."""
    return f"in {count:,} reviewed labels"


def can_stop(upper: int, labeled: int, allowed: int) -> str:
    """Return that the goal is reached."""
    return (
        f"You can stop: at most {upper:,} of {labeled:,} labels are still wrong (95 % confidence). "
        f"Your goal is at most {allowed:,}."
    )


def checks_to_go(checks: int, allowed: int) -> str:
    """Return how many clean random checks reach the goal."""
    several = f"{checks:,} random checks" if checks > 1 else "1 random check"
    return f"{several} more, all of them right, would show that at most {allowed:,} labels are wrong."


def found_in(found: int, reviews: int) -> str:
    """Return how many errors were found."""
    return f"**{found:,} wrong labels found in {reviews:,} reviewed.**"


FOUND_AT_RANDOM = "In random order it would be about {:,.0f} ({:,.0f} to {:,.0f})."


def found_at_random(expected: Sequence[float]) -> str:
    """Return how many a random order would have found: likely, low, high."""
    return FOUND_AT_RANDOM.format(*expected)


def next_yield(labels: int, likely: float, low: float, high: float) -> str:
    """Return how many errors the next labels may hold."""
    return f"The next {labels:,} may hold {likely:,.0f} ({low:,.0f} to {high:,.0f})."


def flagged(count: int, rate: float) -> str:
    """Return how many labels are flagged."""
    return f"**{count:,} labels**, of which about {100 * rate:.0f} % are right."


def between(low: int, high: int) -> str:
    """Return the 95 % interval of a count."""
    return f"between {low:,} and {high:,} (95 %)"


def from_checks(count: int) -> str:
    """Return what the bound on the remaining errors rests on."""
    return f"95 % confidence, from {counted(count, 'random check')}"


def bounded_by_checks(count: int) -> str:
    """Return what makes the bound on the remaining errors known."""
    return f"random checks in the queue show it; {count:,} so far"


def no_flags(percent: int, lowest: float, reviews: int | None, tried: int) -> str:
    """Return why no label can be flagged at a rate, and what it takes.

    Parameters
    ----------
    percent : int
        The rate.
    lowest : float
        The smallest rate at which a label could be flagged.
    reviews : int or None
        After so many more reviews some may be; None: not after so many as were `tried` either.
    """
    why = (
        f"**No label** can be flagged at {percent} % yet: of the likeliest errors among the labels that are left, "
        f"up to {math.ceil(100 * lowest)} % may be right."
    )
    if reviews is None:
        following = f" Reviewing the next {counted(tried, 'label')} would hardly change that:" if tried else ""
        return f"{why}{following} {'allow' if tried else 'Allow'} a higher rate."
    return f"{why} About {counted(reviews, 'more review')} may be enough; or allow a higher rate."


def flagged_title(percent: int) -> str:
    """Return which labels are flagged, to follow their number."""
    return f"flagged at a false discovery rate of {percent} %"


def brier(score: float, of_share: float, share: float) -> str:
    """Return the Brier score of reviews."""
    return f"**Brier score {score:.3f}** (0 is perfect). Stating {share:.0%} for every label gives {of_share:.3f}."


def brier_of_planted(score: float, of_share: float) -> str:
    """Return the Brier score of planted errors."""
    return (
        f"**Brier score {score:.3f}** on planted errors (0 is perfect). Stating the same probability for every label "
        f"gives {of_share:.3f}."
    )


def calibration_from(reviews: int) -> str:
    """Return when calibration on reviews is shown instead of that on planted errors."""
    return f"From {reviews} reviews on, this shows the calibration on reviewed labels."


def no_calibration(reviews: int) -> str:
    """Return when there is something to show."""
    return (
        f"After {reviews} reviews this shows how often labels of each stated probability were wrong. Until then, plant "
        "errors to see the calibration on them."
    )


def planted_note(planted: int) -> str:
    """Return what planted errors do not show."""
    return (
        f"{planted:,} errors were planted in copies of your labels, which were ranked again. This cannot show how well "
        "errors are found that occur exactly where the model is unsure."
    )
