"""The random checks that are mixed into the queue, so that the errors that are left can be bounded."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from margin_core.review.estimates.random_checks import RandomChecks
from margin_core.values import Ints

_BLOCK = 4096


class CheckSampler:
    """The samples that are shown as random checks, and their places in the queue.

    Parameters
    ----------
    plan : RandomChecks
    by_id : int array (n,)
        All rows in the order of their ids.
    unflagged : bool array (n,)
        Labeled samples that were no suspects before the first review; checks are sampled from these.
    """

    def __init__(self, plan: RandomChecks, by_id: Ints, unflagged: NDArray[np.bool_]) -> None:
        self.unflagged = unflagged
        self._plan = plan
        self._order = plan.shuffled(by_id)

    def mix(
        self, suspects: Ints, undecided: NDArray[np.bool_], *, position: int, limit: int
    ) -> tuple[Ints, NDArray[np.bool_]]:
        """Return the queue of suspects with the next checks at their places.

        Parameters
        ----------
        suspects : int array (s,)
            The open ones, most suspect first; the queue ends with them.
        undecided : bool array (n,)
            Whether each label of the study waits for a decision.
        position : int
            How many places of the queue were taken already.
        limit : int

        Returns
        -------
        rows : int array (r,)
            Each once, at most `limit`.
        sampled : bool array (r,)
            Which of them are random checks.

        Notes
        -----
        O(suspects + limit) while most samples are undecided.
        """
        checks, waiting = self._open(undecided), iter(suspects.tolist())
        rows: dict[int, bool] = {}
        while len(rows) < limit:
            is_random = self._plan.is_random(position + len(rows))
            # One that was sampled may have become a suspect meanwhile: it has its place already.
            row = next((row for row in (checks if is_random else waiting) if row not in rows), None)
            if row is None:
                row, is_random = next((row for row in waiting if row not in rows), None), False
            if row is None:
                break
            rows[row] = is_random
        return np.array(list(rows), np.int64), np.array(list(rows.values()), bool)

    def sample(self, undecided: NDArray[np.bool_], limit: int, *, without: Ints | None = None) -> Ints:
        """Return the next checks, for places that are all random.

        Parameters
        ----------
        undecided : bool array (n,)
            Whether each label of the study waits for a decision.
        limit : int
        without : int array (w,), optional
            Rows that are not to be among them.

        Returns
        -------
        int array (r,)
            At most `limit`.
        """
        held = set() if without is None else set(without.tolist())
        return np.fromiter(islice((row for row in self._open(undecided) if row not in held), max(limit, 0)), np.int64)

    def _open(self, undecided: NDArray[np.bool_]) -> Iterator[int]:
        for start in range(0, len(self._order), _BLOCK):
            block = self._order[start : start + _BLOCK]
            yield from block[undecided[block] & self.unflagged[block]].tolist()
