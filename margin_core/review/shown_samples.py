"""The samples that a review has shown, in order, and the bound on the errors that are left."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from margin_core.review.decision import CODES, KNOWN_CLASS_CODES
from margin_core.review.estimates import RemainingErrors, RemainingErrorsTracker, Reviews
from margin_core.review.estimates.reviews import OUTCOMES, UNKNOWN
from margin_core.values import UNLABELED, Ints

OUTCOME_OF_CODE = np.array([UNKNOWN, *(OUTCOMES[verdict] for verdict in CODES)], np.int64)
"""What each code says of the given label: `RIGHT`, `WRONG` or `UNKNOWN`."""


class ShownSamples:
    """Labeled samples in the order of their first decisions, and whether each was a random check.

    Parameters
    ----------
    given : int array (n,)
        The labels as given.
    unflagged : bool array (n,)
        Samples that random checks are taken from.
    """

    def __init__(self, given: Ints, unflagged: NDArray[np.bool_]) -> None:
        self._given = given
        self._sampled: dict[int, bool] = {}
        self._tracker = RemainingErrorsTracker(given, unflagged)

    def add(self, row: int, sampled: bool) -> None:
        """Record that a row was shown; what was recorded first holds.

        Parameters
        ----------
        row : int
        sampled : bool
            Whether as a random check.
        """
        if self._given[row] != UNLABELED:
            self._sampled.setdefault(row, sampled)

    def update(self, codes: Mapping[int, int]) -> None:
        """Update the bound: by answers that changed, then by new ones in the order of showing.

        Parameters
        ----------
        codes : mapping of int to int
            What holds now for rows, as `CODES` numbers it.
        """
        outcomes = {row: int(OUTCOME_OF_CODE[code]) for row, code in codes.items()}
        fresh = [row for row in islice(reversed(self._sampled), len(outcomes)) if row in outcomes]
        for row in outcomes.keys() - set(fresh):
            self._tracker.update(row, outcomes[row], self._sampled.get(row, False))
        for row in reversed(fresh):
            self._tracker.update(row, outcomes[row], self._sampled[row])

    def reviews(self, codes: NDArray[np.int8], labels: Ints) -> Reviews:
        """Return what the decisions that hold say of the given labels, in the order of showing.

        Parameters
        ----------
        codes : int8 array (n,)
            What was decided on each sample, as `CODES` numbers it.
        labels : int array (n,)
            With the corrections so far.

        Returns
        -------
        Reviews
            A sample whose decision was undone has been shown all the same: of it nothing is known.
        """
        rows = np.fromiter(self._sampled, np.int64, len(self._sampled))
        own = codes[rows]
        return Reviews(
            rows=rows,
            outcomes=OUTCOME_OF_CODE[own],
            true_labels=np.where(np.isin(own, KNOWN_CLASS_CODES), labels[rows], UNLABELED),
            sampled=np.fromiter(self._sampled.values(), bool, len(self._sampled)),
        )

    def remaining(self) -> RemainingErrors:
        """Compute the bounds on the wrong labels left; see `margin_core.review.estimates.bound_remaining_errors`.

        Returns
        -------
        RemainingErrors
        """
        return self._tracker.remaining()

    def checks_needed(self, max_remaining: int) -> int | None:
        """Compute how many more random checks, all right, leave at most so many errors.

        Parameters
        ----------
        max_remaining : int

        Returns
        -------
        int or None
            As `RemainingErrorsTracker.checks_needed`.
        """
        return self._tracker.checks_needed(max_remaining)
