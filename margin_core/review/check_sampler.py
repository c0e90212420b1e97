"""The random samples that are mixed into the queue, so that what is left can be bounded."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from margin_core.review.estimates.random_checks import RandomChecks
from margin_core.values import Ints

_BLOCK = 4096


class CheckSampler:
    """Which samples are shown at random, and at which places of the queue.

    Parameters
    ----------
    plan : RandomChecks
    by_id : int array (n,)
        All rows in the order of their ids.
    unflagged : bool array (n,)
        Labelled samples that were no suspects before the first review; draws come from these.
    """

    def __init__(self, plan: RandomChecks, by_id: Ints, unflagged: NDArray[np.bool_]) -> None:
        self.unflagged = unflagged
        self._plan = plan
        self._order = plan.shuffled(by_id)

    def mix(
        self, suspects: Ints, undecided: NDArray[np.bool_], *, position: int, limit: int
    ) -> tuple[Ints, NDArray[np.bool_]]:
        """Put the next draws among the suspects.

        Parameters
        ----------
        suspects : int array
            The open ones, most suspect first; the queue ends with them.
        undecided : bool array (n,)
        position : int
            How many places of the queue were taken already.
        limit : int

        Returns
        -------
        rows : int array (r,)
            Each once, at most `limit`.
        drawn : bool array (r,)
            Which of them are there by chance.

        Notes
        -----
        O(suspects + limit) while most samples are undecided.
        """
        draws, waiting = self._waiting(undecided), iter(suspects.tolist())
        rows: dict[int, bool] = {}
        while len(rows) < limit:
            by_chance = self._plan.is_random(position + len(rows))
            # One that was drawn may have become a suspect meanwhile: it has its place already.
            row = next((row for row in (draws if by_chance else waiting) if row not in rows), None)
            if row is None:
                row, by_chance = next((row for row in waiting if row not in rows), None), False
            if row is None:
                break
            rows[row] = by_chance
        return np.array(list(rows), np.int64), np.array(list(rows.values()), bool)

    def next(self, undecided: NDArray[np.bool_], limit: int, *, without: Ints | None = None) -> Ints:
        """Give the next draws, (d,), for places that are all random: at most `limit`, none of those in `without`."""
        held = set() if without is None else set(without.tolist())
        return np.fromiter(
            islice((row for row in self._waiting(undecided) if row not in held), max(limit, 0)), np.int64
        )

    def _waiting(self, undecided: NDArray[np.bool_]) -> Iterator[int]:
        for start in range(0, len(self._order), _BLOCK):
            block = self._order[start : start + _BLOCK]
            yield from block[undecided[block] & self.unflagged[block]].tolist()
