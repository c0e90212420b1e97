"""The best few of a million rows whose values keep changing."""

from __future__ import annotations

import numpy as np

from margin_core.values import Doubles, Ints

_BLOCK = 512
"""Rows a block; around the square root of a million, where both levels cost the same."""

ABSENT = -np.inf
"""The value of a row that is not in the ranking."""


class Ranking:
    """Rows by value, largest first; equal values in a fixed order.

    A tournament of two levels: rows lie in blocks, and the best value of every block is kept. The first L
    rows always lie in the first L blocks (by best value, then by place), so only those are looked at.

    Parameters
    ----------
    order : int array (n,)
        All rows, in the order in which equal values come.

    Notes
    -----
    `put` costs O(block) a row, `best` O(n / block + limit · block): well below 1 ms for a million rows.
    """

    def __init__(self, order: Ints) -> None:
        blocks = -(-len(order) // _BLOCK)
        self._order = order
        self._place = np.empty(len(order), np.int64)
        self._place[order] = np.arange(len(order))
        self._values = np.full((blocks, _BLOCK), ABSENT)
        self._best = np.full(blocks, ABSENT)

    def put(self, rows: Ints, values: Doubles) -> None:
        """Give rows new values; `ABSENT` takes a row out."""
        places = self._place[rows]
        self._values.reshape(-1)[places] = values
        touched = np.zeros(len(self._best), bool)
        touched[places // _BLOCK] = True
        self._best[touched] = self._values[touched].max(axis=1)

    def best(self, limit: int) -> Ints:
        """Return the first rows, at most `limit`."""
        first = np.sort(np.argsort(-self._best, kind="stable")[:limit])
        if not len(first):
            return self._order[:0]
        # Each of `limit` blocks holds a value at least this large, so no smaller one can be among the first.
        bound = self._best[first].min() if len(first) == limit else ABSENT
        places = np.flatnonzero(self._values[first] >= bound)
        places = first[places // _BLOCK] * _BLOCK + places % _BLOCK
        return self._order[self._sorted(places)[:limit]]

    def best_among(self, rows: Ints, limit: int) -> Ints:
        """Return the first of some rows, at most `limit`."""
        return self._order[self._sorted(np.sort(self._place[rows]))[:limit]]

    def _sorted(self, places: Ints) -> Ints:
        values = self._values.reshape(-1)[places]
        present = values > ABSENT
        places, values = places[present], values[present]
        return places[np.argsort(-values, kind="stable")]
