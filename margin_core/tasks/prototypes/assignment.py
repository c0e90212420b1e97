"""What each prototype stands for, for every number of prototypes at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from margin_core.storage.engine import Run
from margin_core.tasks.prototypes.kernel import BLOCK, squared_distances
from margin_core.values import Doubles, Floats, Ints

PAIRED = 1000
"""Members of a group to which the distance of a random member is measured."""

NOBODY = -1


@dataclass(frozen=True, eq=False, kw_only=True)
class Standing:
    """Prototypes with the samples nearest to them, as these grow in number.

    Attributes
    ----------
    nearest : int array (n,)
        The prototype of its group that a sample is nearest to when all are used, by place in their order; -1 where
        there is none.
    taken_from : int array (p, w)
        The earlier prototypes from which each one takes samples when it is added, by place; -1 for samples that
        were nobody's, and as padding.
    taken : int array (p, w)
        How many it takes from each; 0 as padding.
    covers : float array (p,)
        How much nearer its group's samples are to their prototype than to a random member, once it is added: 1 less
        the ratio of the mean distances, at least 0. 1 = every sample is where a prototype is.
    """

    nearest: Ints
    taken_from: Ints
    taken: Ints
    covers: Doubles

    def counts(self, first: int) -> Ints:
        """Give how many samples are nearest to each of the first so many prototypes, (first,); O(first w)."""
        return counts_of(self.taken_from, self.taken, first)


def counts_of(taken_from: Ints, taken: Ints, first: int) -> Ints:
    """Give how many samples are nearest to each of the first so many prototypes; see `Standing`."""
    counts = taken[:first].sum(axis=1)
    lost = taken_from[:first].ravel()
    kept: Ints = counts - np.bincount(lost[lost >= 0], taken[:first].ravel()[lost >= 0], first).astype(np.int64)
    return kept


def standing(points: Floats, groups: Sequence[Ints], prototypes: Ints, run: Run) -> Standing:
    """Let every sample go to the nearest prototype of its group, one prototype after the other.

    Parameters
    ----------
    points : float32 array (n, d)
        Centred.
    groups : sequence of int arrays
        Rows; they share no row.
    prototypes : int array (p,)
        Rows, in the order in which they are picked.
    run : Run

    Notes
    -----
    O(n p d) over the sizes and prototypes of the groups. A sample at the same distance from two stays with the first.
    """
    nearest = np.full(len(points), NOBODY)
    moves: list[tuple[Ints, Ints]] = [(np.empty(0, np.int64), np.empty(0, np.int64))] * len(prototypes)
    covers = np.zeros(len(prototypes))
    for number, rows in enumerate(groups):
        run.report(number / len(groups), "Asking what each prototype stands for")
        own = np.flatnonzero(np.isin(prototypes, rows))
        usual = _usual_distance(points[rows])
        away = np.full(len(rows), np.inf, dtype=np.float32)
        owner = np.full(len(rows), NOBODY)
        for some in np.array_split(own, len(own) * len(rows) // BLOCK + 1):
            apart = np.sqrt(squared_distances(points[prototypes[some]], points[rows]))
            for place, distances in zip(some, apart, strict=True):
                closer = distances < away
                moves[place] = np.unique(owner[closer], return_counts=True)
                away[closer], owner[closer] = distances[closer], place
                covers[place] = 1 - away.mean(dtype=np.float64) / usual if usual > 0 else 1.0
        nearest[rows] = owner
    width = max((len(former) for former, _ in moves), default=0)
    taken_from = np.full((len(prototypes), width), NOBODY)
    taken = np.zeros((len(prototypes), width), dtype=np.int64)
    for place, (former, count) in enumerate(moves):
        taken_from[place, : len(former)], taken[place, : len(former)] = former, count
    return Standing(nearest=nearest, taken_from=taken_from, taken=taken, covers=np.clip(covers, 0.0, 1.0))


def _usual_distance(points: Floats) -> float:
    """Give the mean distance between two members of a group, one of them of up to 1,000."""
    some = points[:: max(len(points) // PAIRED, 1)]
    total = 0.0
    for block in np.array_split(points, len(points) * len(some) // BLOCK + 1):
        total += float(np.sqrt(squared_distances(block, some)).sum(dtype=np.float64))
    return total / max(len(points) * len(some), 1)
