"""The candidates among which prototypes are selected, and how the selections of several classes are merged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from margin_core.storage.engine import Run
from margin_core.values import Doubles, Floats, Ints, Texts


@dataclass(frozen=True, eq=False, kw_only=True)
class CandidatePool:
    """The samples of a study in the order of their ids, so that no tie depends on the order of the source.

    Attributes
    ----------
    ids : array of str (n,)
        Ascending.
    points : float32 array (n, d)
        The embedding, centered.
    groups : tuple of int arrays (g,)
        Rows of each class that has any, or of all as one; ascending. Rows without usable features are in none.
    neighbors : int array (n, k)
        Nearest first; -1 where there is none.
    signal, influence : float arrays (n,)
        Steps 3 and 4 of the protocol; larger = predicted worse by its neighbors.
    gamma : float
        Of the Gaussian kernel, in units of one over a squared distance.
    share : float
        In [0, 1]: the least influential share that `literal` (of all) and `coverage` (of each neighborhood) select
        from.
    """

    ids: Texts
    points: Floats
    groups: tuple[Ints, ...]
    neighbors: NDArray[np.int32]
    signal: Doubles
    influence: Doubles
    gamma: float
    share: float

    @property
    def grouped_rows(self) -> Ints:
        """The rows that are in a group, ascending."""
        return np.sort(np.concatenate([np.empty(0, dtype=np.int64), *self.groups]))

    def least_influential(self, rows: Ints) -> Ints:
        """Select the least influential share of some rows.

        Parameters
        ----------
        rows : int array (r,)
            Ascending.

        Returns
        -------
        int array (ceil(share * r),)
            Ascending.
        """
        count = int(np.ceil(self.share * len(rows)))
        return np.sort(rows[np.argsort(self.influence[rows], kind="stable")[:count]])

    def low_influence(self, rows: Ints) -> Ints:
        """Select the rows of a group that are among the least influential share of their own neighbors in it.

        Compared with all of the group, whole regions would have no candidate. The most influential of the group,
        (1 - share) / 2 of it, are never selected: two wrong labels side by side would be, each beside the other.
        Neither is a sample without a neighbor in its group, unless no other is left: then all are.

        Parameters
        ----------
        rows : int array (r,)
            Of one group, ascending.

        Returns
        -------
        int array (s,), s <= r
            Ascending.
        """
        inside = np.zeros(len(self.ids) + 1, dtype=bool)
        inside[rows] = True
        near = self.neighbors[rows]
        counted = inside[near]
        own = self.influence[rows]
        lower = (counted & (self.influence[near] < own[:, None])).sum(axis=1)
        low = counted.any(axis=1) & (lower <= self.share * counted.sum(axis=1))
        low &= own <= np.quantile(own, (1 + self.share) / 2) if len(own) else False
        return rows[low] if low.any() else rows


SelectionRule: TypeAlias = Callable[[CandidatePool, int, Run], Ints]
"""``rows (count,)`` in the order in which they are selected, or fewer where there are not as many candidates."""


def interleave(orders: Sequence[Ints], count: int) -> Ints:
    """Merge several orders into one by taking the first of each, then the second of each, and so on.

    Parameters
    ----------
    orders : sequence of int arrays (p,)
        Rows of each group, best first.
    count : int
        Length of the result at most.

    Returns
    -------
    int array (min(count, total),)
        Any prefix is balanced over the orders as far as these reach.
    """
    place = np.concatenate([np.empty(0, dtype=np.int64), *(np.arange(len(order)) for order in orders)])
    rows = np.concatenate([np.empty(0, dtype=np.int64), *orders])
    return rows[np.argsort(place, kind="stable")][:count]


def compute_quotas(sizes: Sequence[int], count: int) -> list[int]:
    """Compute how many `interleave` takes from each group; a group that runs out leaves more to the others.

    Parameters
    ----------
    sizes : sequence of int
        Of the groups.
    count : int
        To take in all.

    Returns
    -------
    list of int
        At most the size of each; together `count` or, for the last round, a few more.
    """
    high = max(sizes, default=0)
    low = 0
    while low < high:  # the smallest number of rounds that gives enough
        middle = (low + high) // 2
        low, high = (low, middle) if sum(min(size, middle) for size in sizes) >= count else (middle + 1, high)
    return [min(size, low) for size in sizes]
