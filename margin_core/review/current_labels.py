"""The labels of a study as its review leaves them now."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from margin_core.review.decision import CODES, Decision, Verdict, is_label_given
from margin_core.values import UNLABELED, Ints, Study


class CurrentLabels:
    """Labels and verdicts by row, updated as decisions come.

    Parameters
    ----------
    study : Study

    Attributes
    ----------
    given : int array (n,)
        The labels that the data set gives, or that samples without one were given since; `UNLABELED` for none.
    current : int array (n,)
        With the corrections so far.
    codes : int8 array (n,)
        What was decided on each row, as `CODES` numbers it.
    counts : int array (codes,)
        Rows by code.
    class_numbers : dict of str to int
    """

    def __init__(self, study: Study) -> None:
        given = study.maybe_labels
        self.given: Ints = np.array(given) if given is not None else np.full(len(study), UNLABELED, np.int64)
        self.current: Ints = np.array(self.given)
        self.codes: NDArray[np.int8] = np.zeros(len(study), np.int8)
        self.counts: Ints = np.zeros(len(CODES) + 1, np.int64)
        self.class_numbers = {name: number for number, name in enumerate(study.class_names)}

    def votes(self) -> Ints:
        """Return the labels with which samples vote: none for an excluded one.

        Returns
        -------
        int array (n,)
        """
        return _votes(self.codes, self.current)

    def give(self, row: int, name: str | None) -> None:
        """Set the given label of a sample that the data set gives none.

        Parameters
        ----------
        row : int
        name : str or None
            Of its class; None, and a class that another program has just added: none.
        """
        self.given[row] = UNLABELED if name is None else self.class_numbers.get(name, UNLABELED)

    def update(self, rows: Ints, decisions: Sequence[Decision | None]) -> tuple[Ints, Ints]:
        """Set rows to the decisions that hold for them now.

        Parameters
        ----------
        rows : int array (r,)
            Each once.
        decisions : sequence of Decision or None, length r

        Returns
        -------
        moved : int array (q,)
            Rows that vote otherwise than before.
        votes : int array (q,)
            Their votes.
        """
        before = _votes(self.codes[rows], self.current[rows])
        labels, codes = self.given[rows], np.zeros(len(rows), np.int8)
        for place, decision in enumerate(decisions):
            if decision is not None and not is_label_given(decision):  # that one is the given label, to be reviewed
                codes[place] = CODES[decision.verdict]
                if decision.new_label is not None:
                    labels[place] = self.class_numbers.get(decision.new_label, UNLABELED)
        self.counts += np.bincount(codes, minlength=len(self.counts))
        self.counts -= np.bincount(self.codes[rows], minlength=len(self.counts))
        self.codes[rows], self.current[rows] = codes, labels
        votes = _votes(codes, labels)
        moved = votes != before
        return rows[moved], votes[moved]


def _votes(codes: NDArray[np.int8], labels: Ints) -> Ints:
    return np.where(codes == CODES[Verdict.EXCLUDE], UNLABELED, labels)
