"""What a rule that picks prototypes may look at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from margin_core.storage.engine import Run
from margin_core.values import Doubles, Floats, Ints, Texts


@dataclass(frozen=True, eq=False, kw_only=True)
class Crowd:
    """The samples of a study in the order of their ids, so that no tie depends on how they came.

    Attributes
    ----------
    ids : array of str (n,)
    points : float32 array (n, d)
        Centred.
    groups : tuple of int arrays
        Rows of each class that has any, or of all as one; ascending. Rows without usable features are in none.
    neighbours : int array (n, k)
        Nearest first; -1 where there is none.
    signal, influence : float arrays (n,)
        Steps 3 and 4 of the protocol.
    gamma : float
        Of the Gaussian kernel.
    share : float
        The share, least influential first, that `literal` (of all) and `coverage` (of each neighbourhood) pick from.
    """

    ids: Texts
    points: Floats
    groups: tuple[Ints, ...]
    neighbours: NDArray[np.int32]
    signal: Doubles
    influence: Doubles
    gamma: float
    share: float

    @property
    def everybody(self) -> Ints:
        """All rows that are in a group, ascending."""
        return np.sort(np.concatenate([np.empty(0, dtype=np.int64), *self.groups]))

    def calmest(self, rows: Ints) -> Ints:
        """Give the least influential share of some rows, ascending."""
        kept = int(np.ceil(self.share * len(rows)))
        return np.sort(rows[np.argsort(self.influence[rows], kind="stable")[:kept]])

    def calm(self, rows: Ints) -> Ints:
        """Give those of a group that are among the least influential share of their own neighbours in it, ascending.

        Compared with all of the group, whole regions would have no candidate. Still the most influential of the
        group, (1 - share) / 2 of it, are not calm: two wrong labels side by side would be, each beside the other.
        Neither is a sample without a neighbour in its group, unless nobody is: then all are.
        """
        inside = np.zeros(len(self.ids) + 1, dtype=bool)
        inside[rows] = True
        near = self.neighbours[rows]
        counted = inside[near]
        own = self.influence[rows]
        lower = (counted & (self.influence[near] < own[:, None])).sum(axis=1)
        calm = counted.any(axis=1) & (lower <= self.share * counted.sum(axis=1))
        calm &= own <= np.quantile(own, (1 + self.share) / 2) if len(own) else False
        return rows[calm] if calm.any() else rows


Pick: TypeAlias = Callable[[Crowd, int, Run], Ints]
"""``rows (count,)`` in the order in which they are picked, or fewer where there are not as many to pick from."""


def in_turn(orders: Sequence[Ints], count: int) -> Ints:
    """Take the first of each, then the second of each ..., at most `count` in all."""
    place = np.concatenate([np.empty(0, dtype=np.int64), *(np.arange(len(order)) for order in orders)])
    rows = np.concatenate([np.empty(0, dtype=np.int64), *orders])
    return rows[np.argsort(place, kind="stable")][:count]


def quotas(sizes: Sequence[int], count: int) -> list[int]:
    """Say how many are taken from each when `count` are taken in turn; a group that runs out leaves more to others."""
    high = max(sizes, default=0)
    low = 0
    while low < high:  # the smallest number of rounds that gives enough
        middle = (low + high) // 2
        low, high = (low, middle) if sum(min(size, middle) for size in sizes) >= count else (middle + 1, high)
    return [min(size, low) for size in sizes]
