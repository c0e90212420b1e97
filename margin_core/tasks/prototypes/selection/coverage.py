"""The default: calm samples that leave nobody far from a prototype."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from margin_core.domain.hash_sample import hash_sample
from margin_core.storage.engine import Run
from margin_core.tasks.prototypes.kernel import BLOCK, squared_distances
from margin_core.tasks.prototypes.selection.candidates import Crowd, in_turn, quotas
from margin_core.values import Doubles, Floats, Ints

REACH = 2.0
"""From this many times the median distance on, a prototype stands for a sample no more: outliers pull no harder."""

PAIRED = 1000
"""Samples between which the median distance is taken."""

MOST = 20_000
"""Up to so many samples of a class all are covered and all calm ones candidates; beyond, some drawn by their ids."""

COVERED, CANDIDATES = 10_000, 4_000
"""How many are drawn then; what is lost by it stands in `docs/benchmarks.md`."""

TOGETHER = 16
"""Candidates whose gain is brought up to date at once, as one matrix product."""

KEPT = 40_000_000
"""Up to so many distances are kept (160 MB); beyond, they are computed whenever they are asked for."""

ROUNDING = 1e-6
"""A pair that is better by less is not better."""


def coverage(crowd: Crowd, count: int, run: Run) -> Ints:
    """Pick from the calm samples of each class by facility location, and take the classes in turn."""
    candidates = [crowd.calm(rows) for rows in crowd.groups]
    taken = quotas([len(rows) for rows in candidates], count)
    orders = []
    for number, (rows, calm, quota) in enumerate(zip(crowd.groups, candidates, taken, strict=True)):
        part = run.part(number / len(taken), (number + 1) / len(taken))
        covered = rows if len(rows) <= MOST else rows[hash_sample(crowd.ids[rows], COVERED)]
        if len(rows) > MOST:
            calm = calm[hash_sample(crowd.ids[calm], CANDIDATES)]
        orders.append(calm[facility_location(crowd.points[covered], crowd.points[calm], quota, part)])
    return in_turn(orders, count)


class _Between:
    """Distances from candidates to all that are covered."""

    def __init__(self, covered: Floats, candidates: Floats) -> None:
        self._covered, self._candidates = covered, candidates
        whole = len(covered) * len(candidates) <= KEPT
        self._kept = self._distances(np.arange(len(candidates))) if whole else None

    def rows(self, some: Ints | Sequence[int]) -> Floats:
        """Give the distances of some candidates, (s, n)."""
        return self._distances(some) if self._kept is None else self._kept[some]

    def _distances(self, some: Ints | Sequence[int]) -> Floats:
        squared = squared_distances(self._candidates[some], self._covered)
        return np.sqrt(squared, out=squared)


def facility_location(covered: Floats, candidates: Floats, count: int, run: Run | None = None) -> Ints:
    r"""Pick candidates greedily so that every covered point is near one.

    .. math:: F(S) = \sum_j \max_{i \in S} \max(0, r - \lVert x_j - x_i \rVert),

    with r twice the median distance. The first two are chosen together: starting from the greedy pair, each is chosen
    anew beside the other until neither changes, and the one that does more alone comes first. A class often has two
    ways of being itself, and the sample between them, which is best alone, is a bad start for every later set. From
    then on each step takes the largest gain.

    F is monotone and submodular, so every first part of two or more has at least :math:`1 - 1/e` of the best F that
    as many candidates can have (the greedy pair has :math:`1 - (1 - 1/k)^2` of it), the first alone at least half. A
    candidate's gain never grows: only candidates whose old gain is larger than the best new one are computed again
    (lazy greedy).

    Parameters
    ----------
    covered : float32 array (n, d)
    candidates : float32 array (c, d)
    count : int
    run : Run, optional

    Returns
    -------
    int array (min(count, c),)
        Places among the candidates, in the order picked; ties by place.

    Notes
    -----
    O(n c d), then O(n) for each gain computed again; O(n d) where n c is too large for the distances to be kept.

    References
    ----------
    Nemhauser, Wolsey, Fisher 1978 (the bound); Minoux 1978 (lazy greedy).
    """
    run = run or Run()
    count = min(count, len(candidates))
    between = _Between(covered, candidates)
    far = np.full(len(covered), _reach(covered), dtype=np.float32)  # distance to the nearest prototype so far, or r
    alone = np.empty(len(candidates))
    blocks = np.array_split(np.arange(len(candidates)), len(covered) * len(candidates) // BLOCK + 1)
    for number, some in enumerate(blocks):
        run.report(0.5 * number / len(blocks), f"Looking at {len(candidates):,} candidates")
        alone[some] = _gains(between, some, far)
    if count < 2:
        return np.argsort(-alone, kind="stable")[:count]

    picked = list(_first_two(between, far, alone))
    away, gains = far, alone
    for place in picked:
        away = np.minimum(away, between.rows([place])[0])
    while len(picked) < count:
        run.report(0.5 + 0.5 * len(picked) / count, f"Picking prototypes among {len(candidates):,} candidates")
        best, gains = _largest_gain(between, away, gains, picked)
        picked.append(best)
        away = np.minimum(away, between.rows([best])[0])
    return np.array(picked, dtype=np.int64)


def _first_two(between: _Between, far: Floats, alone: Doubles) -> tuple[int, int]:
    kept = int(alone.argmax())
    together = -np.inf
    pair = (kept, kept)
    while True:
        other, gains = _largest_gain(between, np.minimum(far, between.rows([kept])[0]), alone, [kept])
        if alone[kept] + gains[other] <= together * (1 + ROUNDING):
            return (pair[0], pair[1]) if alone[pair[0]] >= alone[pair[1]] else (pair[1], pair[0])
        together, pair, kept = alone[kept] + gains[other], (kept, other), other


def _largest_gain(between: _Between, away: Floats, bounds: Doubles, picked: Sequence[int]) -> tuple[int, Doubles]:
    """Find the candidate with the largest gain, and what is now known of the gains; `bounds` are at least as large."""
    gains = bounds.copy()
    gains[picked] = -1.0
    new = np.zeros(len(gains), dtype=bool)
    while not new[best := int(gains.argmax())]:
        old = np.where(new, -2.0, gains)
        some = np.argpartition(-old, TOGETHER)[:TOGETHER] if len(old) > TOGETHER else np.arange(len(old))
        some = np.sort(some[old[some] >= 0])
        gains[some] = _gains(between, some, away)
        new[some] = True
    return best, gains


def _reach(points: Floats) -> np.float32:
    some = points[:: max(len(points) // PAIRED, 1)]
    apart = squared_distances(some, some)[np.triu_indices(len(some), 1)]
    return np.float32(REACH * np.sqrt(np.median(apart))) if len(apart) else np.float32(0)


def _gains(between: _Between, some: Ints, away: Floats) -> Doubles:
    nearer = np.subtract(away, between.rows(some))
    np.maximum(nearer, 0, out=nearer)
    gains: Doubles = nearer.sum(axis=1, dtype=np.float64)
    return gains
