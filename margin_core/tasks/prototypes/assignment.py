"""Which samples each prototype represents, for every number of prototypes at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from margin_core.function.distances import MAX_BLOCK_ENTRIES, squared_distances
from margin_core.storage.engine import Run
from margin_core.values import Doubles, Floats, Ints

MAX_REFERENCES = 1000
"""Members of a group to which the mean distance of its members is measured."""

NO_PROTOTYPE = -1
"""In the place of a prototype: there is none."""


@dataclass(frozen=True, eq=False, kw_only=True)
class PrototypeAssignment:
    """The nearest prototype of each sample, while prototypes are added one by one.

    Attributes
    ----------
    nearest : int array (n,)
        The prototype of its group that a sample is nearest to when all are used, by position in their order; -1
        where there is none.
    taken_from : int array (p, w)
        The earlier prototypes from which each one takes samples when it is added, by position; -1 for samples
        that had none, and as padding.
    taken : int array (p, w)
        How many it takes from each; 0 as padding.
    covers : float array (p,)
        How much nearer its group's samples are to their prototype than to a random member, once it is added: 1 less
        the ratio of the mean distances, at least 0. In [0, 1]; 1 = every sample lies on a
        prototype.
    """

    nearest: Ints
    taken_from: Ints
    taken: Ints
    covers: Doubles

    def counts(self, first: int) -> Ints:
        """Return how many samples are nearest to each of the first prototypes when only these are used.

        Parameters
        ----------
        first : int
            Number of prototypes, at most p.

        Returns
        -------
        int array (first,)
            O(first w).
        """
        return count_assigned(self.taken_from, self.taken, first)


def count_assigned(taken_from: Ints, taken: Ints, first: int) -> Ints:
    """Return how many samples are nearest to each of the first prototypes when only these are used.

    Parameters
    ----------
    taken_from, taken : int array (p, w)
        As in `PrototypeAssignment`.
    first : int
        Number of prototypes, at most p.

    Returns
    -------
    int array (first,)
        O(first w).
    """
    counts = taken[:first].sum(axis=1)
    lost = taken_from[:first].ravel()
    assigned: Ints = counts - np.bincount(lost[lost >= 0], taken[:first].ravel()[lost >= 0], first).astype(np.int64)
    return assigned


def assign_to_prototypes(points: Floats, groups: Sequence[Ints], prototypes: Ints, run: Run) -> PrototypeAssignment:
    """Compute the nearest prototype in its group of every sample, while prototypes are added one by one.

    Parameters
    ----------
    points : float32 array (n, d)
        Centered.
    groups : sequence of int arrays (g,)
        Rows; they share no row.
    prototypes : int array (p,)
        Rows, in the order in which they are selected.
    run : Run
        Receives the progress.

    Returns
    -------
    PrototypeAssignment
        For every prefix of the prototypes.

    Notes
    -----
    O(n p d) over the sizes and prototypes of the groups. A sample at the same distance from two stays with the first.
    """
    nearest = np.full(len(points), NO_PROTOTYPE)
    moves: list[tuple[Ints, Ints]] = [(np.empty(0, np.int64), np.empty(0, np.int64))] * len(prototypes)
    covers = np.zeros(len(prototypes))
    for number, rows in enumerate(groups):
        run.report(number / len(groups), "Assigning samples to prototypes")
        own = np.flatnonzero(np.isin(prototypes, rows))
        scale = _mean_distance(points[rows])
        away = np.full(len(rows), np.inf, dtype=np.float32)
        owner = np.full(len(rows), NO_PROTOTYPE)
        for some in np.array_split(own, len(own) * len(rows) // MAX_BLOCK_ENTRIES + 1):
            apart = np.sqrt(squared_distances(points[prototypes[some]], points[rows]))
            for place, distances in zip(some, apart, strict=True):
                closer = distances < away
                moves[place] = np.unique(owner[closer], return_counts=True)
                away[closer], owner[closer] = distances[closer], place
                covers[place] = 1 - away.mean(dtype=np.float64) / scale if scale > 0 else 1.0
        nearest[rows] = owner
    width = max((len(former) for former, _ in moves), default=0)
    taken_from = np.full((len(prototypes), width), NO_PROTOTYPE)
    taken = np.zeros((len(prototypes), width), dtype=np.int64)
    for place, (former, count) in enumerate(moves):
        taken_from[place, : len(former)], taken[place, : len(former)] = former, count
    return PrototypeAssignment(nearest=nearest, taken_from=taken_from, taken=taken, covers=np.clip(covers, 0.0, 1.0))


def _mean_distance(points: Floats) -> float:
    """Compute the mean distance of the members of a group to up to 1,000 of them."""
    some = points[:: max(len(points) // MAX_REFERENCES, 1)]
    total = 0.0
    for block in np.array_split(points, len(points) * len(some) // MAX_BLOCK_ENTRIES + 1):
        total += float(np.sqrt(squared_distances(block, some)).sum(dtype=np.float64))
    return total / max(len(points) * len(some), 1)
