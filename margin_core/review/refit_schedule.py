"""What a log says of the labels at one moment, and when that is enough to learn from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from margin_core.review.decision import Decision, Verdict
from margin_core.review.state import ReviewState
from margin_core.values import UNLABELLED, Ints, Study, freeze

ENOUGH = 20
"""Labels changed since models were last fitted from which a new fit can be told from the old one."""

SHARE = 0.1
"""So large a part of all changed labels must be new, so that a long review is not fitted over and over."""

EXCLUDED = object()
"""How a sample is heard that is excluded: not at all."""


@dataclass(frozen=True, eq=False, kw_only=True)
class ReviewedLabels:
    """The labels as a review leaves them.

    Attributes
    ----------
    labels : int array (n,)
        `UNLABELLED` for a sample that is excluded, or has no label.
    settled : bool array (n,)
        Whether a reviewer named the right class.
    changed : int
        Samples whose label is not the given one any more.
    """

    labels: Ints
    settled: NDArray[np.bool_]
    changed: int

    def __post_init__(self) -> None:
        freeze(self, "labels", "settled")


def reviewed_labels(study: Study, decisions: Iterable[Decision]) -> ReviewedLabels:
    """Fold decisions on a study, in the order of the log, undos included."""
    standing = ReviewState(decisions).standing()
    given = study.maybe_labels if study.maybe_labels is not None else np.full(len(study), UNLABELLED)
    labels, settled = np.array(given, np.int64), np.zeros(len(study), bool)
    number_of = {name: number for number, name in enumerate(study.class_names)}
    for row, sample_id in enumerate(study.ids.tolist() if standing else ()):
        decision = standing.get(sample_id)
        if decision is None:
            continue
        if decision.verdict is Verdict.EXCLUDE:
            labels[row] = UNLABELLED
        elif decision.new_label is not None:
            labels[row], settled[row] = number_of[decision.new_label], True
    return ReviewedLabels(labels=labels, settled=settled, changed=int((labels != given).sum()))


class RefitSchedule:
    """At which decisions of a log the models are due to be fitted again.

    A new fit is due when 20 labels are heard otherwise than at the last one, or a tenth of all that are changed by
    then if that is more. Which decisions these are follows from the log alone, so a review that is opened again comes
    to the same ranking.
    """

    def __init__(self) -> None:
        self._heard: dict[str, object] = {}
        self._before: dict[str, object] = {}
        self._due: list[int] = []

    @property
    def due(self) -> tuple[int, ...]:
        """Ids of the decisions after which a fit was due, oldest first."""
        return tuple(self._due)

    def add(self, decision: Decision, standing: Decision | None) -> None:
        """Take in one more row of the log.

        Parameters
        ----------
        decision : Decision
        standing : Decision or None
            What holds for its sample now.
        """
        sample, heard = decision.sample_id, _heard(standing)
        last = self._heard.pop(sample, None)
        if heard is not None:
            self._heard[sample] = heard
        if heard == last:
            return
        fitted = self._before.setdefault(sample, last)
        if heard == fitted:
            del self._before[sample]
        if len(self._before) >= max(ENOUGH, SHARE * len(self._heard)):
            self._due.append(decision.id or 0)
            self._before.clear()


def _heard(standing: Decision | None) -> object:
    """Give what a sample is heard as instead of its given label; None for that label."""
    if standing is None or standing.verdict is Verdict.SKIP:
        return None
    if standing.verdict is Verdict.EXCLUDE:
        return EXCLUDED if standing.old_label is not None else None
    return None if standing.new_label == standing.old_label else standing.new_label
