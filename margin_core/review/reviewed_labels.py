"""The labels of a study as a log of decisions leaves them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from margin_core.errors import ReviewError
from margin_core.review.decision import Decision, Verdict, is_label_given, study_key
from margin_core.review.state import ReviewState
from margin_core.review.store import ReviewStore
from margin_core.values import UNLABELED, Ints, Study, freeze


@dataclass(frozen=True, eq=False, kw_only=True)
class ReviewedLabels:
    """The labels as a review leaves them.

    Parameters
    ----------
    labels : int array (n,)
        `UNLABELED` for a sample that is excluded, or has no label.
    verified : bool array (n,)
        Whether a reviewer named the right class of a sample that had a label.
    changed : int
        Samples whose label is no longer the given one.
    """

    labels: Ints
    verified: NDArray[np.bool_]
    changed: int

    def __post_init__(self) -> None:
        freeze(self, "labels", "verified")


def reviewed_labels(study: Study, decisions: Iterable[Decision]) -> ReviewedLabels:
    """Compute the labels that decisions leave.

    Parameters
    ----------
    study : Study
    decisions : iterable of Decision
        On this study, in the order of the log, undos included.

    Returns
    -------
    ReviewedLabels
    """
    current = ReviewState(decisions).current_decisions()
    given = study.maybe_labels if study.maybe_labels is not None else np.full(len(study), UNLABELED)
    labels, verified = np.array(given, np.int64), np.zeros(len(study), bool)
    class_numbers = {name: number for number, name in enumerate(study.class_names)}
    for row, sample_id in enumerate(study.ids.tolist() if current else ()):
        decision = current.get(sample_id)
        if decision is None:
            continue
        if decision.verdict is Verdict.EXCLUDE:
            labels[row] = UNLABELED
        elif decision.new_label is not None:
            labels[row] = class_numbers[decision.new_label]
            verified[row] = not is_label_given(decision)  # which nobody has looked at a second time
    return ReviewedLabels(labels=labels, verified=verified, changed=int((labels != given).sum()))


def read_reviewed_labels(study: Study, store: ReviewStore, upto: int | None = None) -> ReviewedLabels:
    """Read the labels of a study as the decisions in a log correct them.

    Parameters
    ----------
    study : Study
    store : ReviewStore
    upto : int, optional
        Id of the last decision to apply; default all.

    Returns
    -------
    ReviewedLabels

    Raises
    ------
    ReviewError
        No decision on this study has the id `upto`.
    """
    decisions = store.decisions(study_key(study))
    if upto is not None and upto not in [decision.id for decision in decisions]:
        last = max((decision.id or 0 for decision in decisions), default=0)
        there = f"The last one is {last}" if last else "There is none yet"
        raise ReviewError(f"No decision on study '{study.name}' has the id {upto}. {there}.")
    return reviewed_labels(study, [decision for decision in decisions if upto is None or (decision.id or 0) <= upto])
