"""What reviewers made of the labels, in the order in which they did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from margin_core.errors import ReviewError
from margin_core.values import UNLABELLED, Ints, freeze


@dataclass(frozen=True, eq=False, kw_only=True)
class Corrections:
    """Decisions that hold, one a sample, oldest first.

    Attributes
    ----------
    rows : int array (r,)
        Rows of the study, each once.
    labels : int array (r,)
        The label of each from then on; `UNLABELLED` for a sample that is excluded.
    settled : bool array (r,)
        Whether somebody said which class is right: not of a sample that was skipped or excluded.
    """

    rows: Ints
    labels: Ints
    settled: NDArray[np.bool_]

    def __post_init__(self) -> None:
        freeze(self, "rows", "labels", "settled")
        if not len(self.rows) == len(self.labels) == len(self.settled):
            lengths = [len(self.rows), len(self.labels), len(self.settled)]
            raise ReviewError(f"Corrections: rows, labels and settled must be as many; got {lengths}.")
        if len(np.unique(self.rows)) < len(self.rows):
            raise ReviewError("Corrections: a row occurs twice. Give each sample once, with the decision that holds.")

    def __len__(self) -> int:
        return len(self.rows)

    @classmethod
    def to(cls, rows: ArrayLike | Sequence[int], labels: ArrayLike) -> Self:
        """Correct rows (r,), in that order, to labels (r,) that are known to be right."""
        places = np.asarray(rows, dtype=np.int64)
        return cls(rows=places, labels=np.asarray(labels, dtype=np.int64), settled=np.ones(len(places), dtype=bool))

    def ordered_by(self, ranked: Ints) -> Corrections:
        """Give the same decisions in the order in which a ranking (n,) has their samples."""
        place = np.empty(len(ranked), dtype=np.int64)
        place[ranked] = np.arange(len(ranked))
        order = np.argsort(place[self.rows], kind="stable")
        return Corrections(rows=self.rows[order], labels=self.labels[order], settled=self.settled[order])

    def after(self, count: int, given: Ints) -> Ints:
        """Give the labels (n,) as they stand after so many of these decisions."""
        labels = given.copy()
        labels[self.rows[:count]] = self.labels[:count]
        return labels

    def changed(self, given: Ints) -> NDArray[np.bool_]:
        """Say which of these decisions changed a label, (r,)."""
        different: NDArray[np.bool_] = self.labels != given[self.rows]
        return different


def true_ones(ranked: Ints, count: int, given: Ints, truth: Ints) -> Corrections:
    """Correct the first so many of a ranking to what is true; where that is not known, the label stays."""
    rows = ranked[:count]
    return Corrections.to(rows, np.where(truth[rows] == UNLABELLED, given[rows], truth[rows]))
