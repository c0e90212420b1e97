"""What reviews say about labels, in the order in which samples were first looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from margin_core.errors import ReviewError
from margin_core.values import UNLABELLED, Ints, freeze

RIGHT, WRONG, UNKNOWN = 0, 1, -1
"""What a review says of the given label."""

SAYS = {"keep": RIGHT, "relabel": WRONG, "exclude": WRONG, "skip": UNKNOWN}
"""A sample that belongs in no class has no right label, so an excluded one counts as wrong."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Reviews:
    """Labels looked at, one row a sample, in the order in which the samples were first shown.

    Attributes
    ----------
    rows : int array (r,)
        Rows of the study, each once.
    says : int array (r,)
        Of the given label: `RIGHT` (0), `WRONG` (1) or `UNKNOWN` (-1).
    truth : int array (r,)
        The right class; `UNLABELLED` where none is known: an excluded or skipped sample.
    drawn : bool array (r,)
        Whether the sample was drawn at random (`RandomChecks`) rather than shown by its rank.
    """

    rows: Ints
    says: Ints
    truth: Ints
    drawn: NDArray[np.bool_]

    def __post_init__(self) -> None:
        freeze(self, "rows", "says", "truth", "drawn")

    def __len__(self) -> int:
        return len(self.rows)

    @classmethod
    def none(cls) -> Self:
        """Nothing has been looked at yet."""
        return cls.build(given=np.empty(0, np.int64), rows=(), verdicts=(), new_labels=(), drawn=())

    @classmethod
    def build(
        cls, *, given: Ints, rows: ArrayLike, verdicts: Sequence[str], new_labels: ArrayLike, drawn: ArrayLike
    ) -> Self:
        """Read decisions as statements about the given labels.

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
        drawn : array_like of bool (r,)

        Raises
        ------
        ReviewError
            Lengths that differ, a row twice or outside the study, a verdict of another name.
        """
        places = np.asarray(rows, dtype=np.int64)
        lengths = [len(places), len(verdicts), np.size(new_labels), np.size(drawn)]
        if len(set(lengths)) > 1:
            raise ReviewError(f"Reviews: rows, verdicts, new labels and drawn must be as many; got {lengths}.")
        unknown = sorted(set(verdicts) - set(SAYS))
        if unknown:
            raise ReviewError(f"Reviews: there is no verdict '{unknown[0]}'. There are: {', '.join(SAYS)}.")
        if len(np.unique(places)) < len(places):
            raise ReviewError("Reviews: a row occurs twice. Give each sample once, with the decision that holds.")
        outside = places[(places < 0) | (places >= len(given))]
        if len(outside):
            raise ReviewError(f"Reviews: row {outside[0]} is not among the {len(given):,} of the study.")
        says = np.array([SAYS[verdict] for verdict in verdicts], dtype=np.int64)
        relabelled = np.array([verdict == "relabel" for verdict in verdicts], dtype=bool)
        truth = np.where(relabelled, np.asarray(new_labels, dtype=np.int64), UNLABELLED)
        truth[says == RIGHT] = given[places[says == RIGHT]]
        labelled = given[places] != UNLABELLED
        return cls(
            rows=places[labelled],
            says=says[labelled],
            truth=truth[labelled],
            drawn=np.asarray(drawn, dtype=bool)[labelled],
        )

    def first(self, number: int) -> Self:
        """Return the reviews that were made first, so many."""
        return type(self)(
            rows=self.rows[:number], says=self.says[:number], truth=self.truth[:number], drawn=self.drawn[:number]
        )

    @property
    def wrong(self) -> Ints:
        """Rows whose label turned out wrong."""
        found: Ints = self.rows[self.says == WRONG]
        return found

    @property
    def known(self) -> Ints:
        """Rows of which it is known whether their label is wrong."""
        settled: Ints = self.rows[self.says != UNKNOWN]
        return settled
