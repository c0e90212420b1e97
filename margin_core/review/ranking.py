"""The first few of a million rows whose values keep changing."""

from __future__ import annotations

import numpy as np

from margin_core.values import Doubles, Ints

_BLOCK = 512
"""Rows a block; around the square root of a million, where both levels cost the same."""

ABSENT = -np.inf
"""The value of a row that is not in the ranking."""


class Ranking:
    """Rows by value, largest first; equal values in a fixed order.

    A tournament tree of two levels: rows lie in blocks, and the largest value of every block is stored. The first L
    rows always lie in the first L blocks (by largest value, then by place), so only those are looked at.

    Parameters
    ----------
    order : int array (n,)
        All rows, in the order in which equal values come.

    Notes
    -----
    `update` costs O(block) a row, `first` O(n / block + limit · block): well below 1 ms for a million rows.
    """

    def __init__(self, order: Ints) -> None:
        blocks = -(-len(order) // _BLOCK)
        self._order = order
        self._place = np.empty(len(order), np.int64)
        self._place[order] = np.arange(len(order))
        self._values = np.full((blocks, _BLOCK), ABSENT)
        self._largest = np.full(blocks, ABSENT)

    def update(self, rows: Ints, values: Doubles) -> None:
        """Set rows to new values.

        Parameters
        ----------
        rows : int array (r,)
            Samples that get a new value; each once.
        values : float array (r,)
            `ABSENT` takes a row out.
        """
        places = self._place[rows]
        self._values.reshape(-1)[places] = values
        touched = np.zeros(len(self._largest), bool)
        touched[places // _BLOCK] = True
        self._largest[touched] = self._values[touched].max(axis=1)

    def first(self, limit: int) -> Ints:
        """Return the first rows.

        Parameters
        ----------
        limit : int

        Returns
        -------
        int array
            At most `limit`.
        """
        blocks = np.sort(np.argsort(-self._largest, kind="stable")[:limit])
        if not len(blocks):
            return self._order[:0]
        # Each of `limit` blocks holds a value at least this large, so no smaller one can be among the first.
        bound = self._largest[blocks].min() if len(blocks) == limit else ABSENT
        places = np.flatnonzero(self._values[blocks] >= bound)
        places = blocks[places // _BLOCK] * _BLOCK + places % _BLOCK
        return self._order[self._sorted(places)[:limit]]

    def first_among(self, rows: Ints, limit: int) -> Ints:
        """Return the first of some rows.

        Parameters
        ----------
        rows : int array (r,)
            Each once.
        limit : int

        Returns
        -------
        int array
            At most `limit`.
        """
        return self._order[self._sorted(np.sort(self._place[rows]))[:limit]]

    def _sorted(self, places: Ints) -> Ints:
        values = self._values.reshape(-1)[places]
        present = values > ABSENT
        places, values = places[present], values[present]
        return places[np.argsort(-values, kind="stable")]
