"""What reviews say about labels, in the order in which samples were first shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from margin_core.errors import ReviewError
from margin_core.values import UNLABELED, Ints, freeze

RIGHT, WRONG, UNKNOWN = 0, 1, -1
"""What a review says of the given label."""

OUTCOMES = {"keep": RIGHT, "relabel": WRONG, "exclude": WRONG, "skip": UNKNOWN}
"""By verdict. A sample that belongs in no class has no right label, so an excluded one counts as wrong."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Reviews:
    """Reviewed labels, one row a sample, in the order in which the samples were first shown.

    Parameters
    ----------
    rows : int array (r,)
        Rows of the study, each once.
    outcomes : int array (r,)
        Of the given label: `RIGHT` (0), `WRONG` (1) or `UNKNOWN` (-1).
    true_labels : int array (r,)
        The right class; `UNLABELED` where none is known: an excluded or skipped sample.
    sampled : bool array (r,)
        Whether the sample was shown as a random check (`RandomChecks`) rather than by its rank.
    """

    rows: Ints
    outcomes: Ints
    true_labels: Ints
    sampled: NDArray[np.bool_]

    def __post_init__(self) -> None:
        freeze(self, "rows", "outcomes", "true_labels", "sampled")

    def __len__(self) -> int:
        return len(self.rows)

    @classmethod
    def none(cls) -> Self:
        """Return no reviews.

        Returns
        -------
        Reviews
        """
        return cls.build(given=np.empty(0, np.int64), rows=(), verdicts=(), new_labels=(), sampled=())

    @classmethod
    def build(
        cls, *, given: Ints, rows: ArrayLike, verdicts: Sequence[str], new_labels: ArrayLike, sampled: ArrayLike
    ) -> Self:
        """Return what decisions say about the given labels.

        ``keep`` says right; ``relabel`` says wrong, and which class is right; ``exclude`` says wrong, since a sample
        that belongs in no class has no right label; ``skip`` says nothing. A sample that was given no label is left
        out: there is nothing to be wrong.

        Parameters
        ----------
        given : int array (n,)
            The labels that the data set gives.
        rows : array_like of int (r,)
            In the order in which they were first shown.
        verdicts : sequence of str, length r
            The verdicts that hold now: ``keep``, ``relabel``, ``exclude`` or ``skip``.
        new_labels : array_like of int (r,)
            The class that holds now; read for ``relabel`` only.
        sampled : array_like of bool (r,)
            Whether each was shown as a random check.

        Returns
        -------
        Reviews

        Raises
        ------
        ReviewError
            Lengths that differ, a row twice or outside the study, a verdict of another name.
        """
        places = np.asarray(rows, dtype=np.int64)
        lengths = [len(places), len(verdicts), np.size(new_labels), np.size(sampled)]
        if len(set(lengths)) > 1:
            raise ReviewError(f"Reviews: rows, verdicts, new labels and sampled must be as many; got {lengths}.")
        unknown = sorted(set(verdicts) - set(OUTCOMES))
        if unknown:
            raise ReviewError(f"Reviews: there is no verdict '{unknown[0]}'. There are: {', '.join(OUTCOMES)}.")
        if len(np.unique(places)) < len(places):
            raise ReviewError("Reviews: a row occurs twice. Give each sample once, with the decision that holds.")
        outside = places[(places < 0) | (places >= len(given))]
        if len(outside):
            raise ReviewError(f"Reviews: row {outside[0]} is not among the {len(given):,} of the study.")
        outcomes = np.array([OUTCOMES[verdict] for verdict in verdicts], dtype=np.int64)
        relabeled = np.array([verdict == "relabel" for verdict in verdicts], dtype=bool)
        true_labels = np.where(relabeled, np.asarray(new_labels, dtype=np.int64), UNLABELED)
        true_labels[outcomes == RIGHT] = given[places[outcomes == RIGHT]]
        labeled = given[places] != UNLABELED
        return cls(
            rows=places[labeled],
            outcomes=outcomes[labeled],
            true_labels=true_labels[labeled],
            sampled=np.asarray(sampled, dtype=bool)[labeled],
        )

    def first(self, number: int) -> Self:
        """Return the reviews that were made first.

        Parameters
        ----------
        number : int

        Returns
        -------
        Reviews
            At most `number`.
        """
        return type(self)(
            rows=self.rows[:number],
            outcomes=self.outcomes[:number],
            true_labels=self.true_labels[:number],
            sampled=self.sampled[:number],
        )

    @property
    def wrong(self) -> Ints:
        """Rows whose label was found wrong."""
        found: Ints = self.rows[self.outcomes == WRONG]
        return found

    @property
    def known(self) -> Ints:
        """Rows of which it is known whether their label is wrong."""
        known: Ints = self.rows[self.outcomes != UNKNOWN]
        return known
