"""Corrections of labels, in the order in which they were made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from margin_core.errors import ReviewError
from margin_core.values import UNLABELED, Ints, freeze


@dataclass(frozen=True, eq=False, kw_only=True)
class Corrections:
    """Decisions that hold, one a sample, oldest first.

    Parameters
    ----------
    rows : int array (r,)
        Rows of the study, each once.
    labels : int array (r,)
        The label of each from then on; `UNLABELED` for a sample that is excluded.
    verified : bool array (r,)
        Whether a reviewer named the right class: not of a sample that was excluded.
    """

    rows: Ints
    labels: Ints
    verified: NDArray[np.bool_]

    def __post_init__(self) -> None:
        freeze(self, "rows", "labels", "verified")
        if not len(self.rows) == len(self.labels) == len(self.verified):
            lengths = [len(self.rows), len(self.labels), len(self.verified)]
            raise ReviewError(f"Corrections: rows, labels and verified must be as many; got {lengths}.")
        if len(np.unique(self.rows)) < len(self.rows):
            raise ReviewError("Corrections: a row occurs twice. Give each sample once, with the decision that holds.")

    def __len__(self) -> int:
        return len(self.rows)

    @classmethod
    def from_truth(cls, rows: ArrayLike | Sequence[int], labels: ArrayLike) -> Self:
        """Return corrections to labels that are known to be right.

        Parameters
        ----------
        rows : array_like of int (r,)
            In the order of correction.
        labels : array_like of int (r,)
            The right class of each of these rows.

        Returns
        -------
        Corrections
        """
        places = np.asarray(rows, dtype=np.int64)
        return cls(rows=places, labels=np.asarray(labels, dtype=np.int64), verified=np.ones(len(places), dtype=bool))

    def sorted_by(self, ranked: Ints) -> Corrections:
        """Return the same decisions in the order of a ranking.

        Parameters
        ----------
        ranked : int array (n,)
            All rows, first one first.

        Returns
        -------
        Corrections
        """
        place = np.empty(len(ranked), dtype=np.int64)
        place[ranked] = np.arange(len(ranked))
        order = np.argsort(place[self.rows], kind="stable")
        return Corrections(rows=self.rows[order], labels=self.labels[order], verified=self.verified[order])

    def apply(self, count: int, given: Ints) -> Ints:
        """Return the labels as they stand after the first decisions.

        Parameters
        ----------
        count : int
            How many of the decisions.
        given : int array (n,)
            The labels before them.

        Returns
        -------
        int array (n,)
        """
        labels = given.copy()
        labels[self.rows[:count]] = self.labels[:count]
        return labels

    def changed(self, given: Ints) -> NDArray[np.bool_]:
        """Return which of the decisions changed a label.

        Parameters
        ----------
        given : int array (n,)
            The labels before them.

        Returns
        -------
        bool array (r,)
        """
        different: NDArray[np.bool_] = self.labels != given[self.rows]
        return different


def true_corrections(ranked: Ints, count: int, given: Ints, truth: Ints) -> Corrections:
    """Return the corrections of the first samples of a ranking to their true labels.

    Parameters
    ----------
    ranked : int array (n,)
        All rows, first one first.
    count : int
        How many samples.
    given, truth : int array (n,)
        Where the truth is `UNLABELED`, the given label stays.

    Returns
    -------
    Corrections
    """
    rows = ranked[:count]
    return Corrections.from_truth(rows, np.where(truth[rows] == UNLABELED, given[rows], truth[rows]))
