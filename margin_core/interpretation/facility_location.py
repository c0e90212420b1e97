"""Selection of points so that every point is near one of them (facility location)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from margin_core.function.distances import MAX_BLOCK_ENTRIES, find_nearest_distances, squared_distances
from margin_core.function.kernel import to_one_minus_kernel
from margin_core.interpretation.near_ties import find_near_largest
from margin_core.storage.engine import Run
from margin_core.values import Doubles, Floats, Ints

MAX_DISTANCE_RATIO = 2.0
"""Times the median distance: from there on a prototype covers a sample no more, so that outliers pull no harder."""

MAX_MEDIAN_SAMPLES = 1000
"""Samples between which the median distance is taken."""

GAIN_BATCH = 16
"""Candidates whose gain is computed again at once, as one matrix product."""

MAX_STORED_DISTANCES = 40_000_000
"""Up to so many distances are stored (160 MB); beyond, they are computed whenever they are needed."""

SQUARED_DISTANCE_ERROR = 1e-6
"""Share of its squared length below which the squared distance of a sample to another is rounding: to itself, or to its
duplicate. The root of that, up to a thousandth of the length, would decide between duplicates."""

MIN_RELATIVE_GAIN = 1e-5
"""A pair that is better by less is not better."""


class _Distances:
    """Distances from candidates to all covered samples, stored where there is room."""

    def __init__(self, covered: Floats, candidates: Floats, gamma: float | None) -> None:
        self._covered, self._candidates, self._gamma = covered, candidates, gamma
        self._noise = SQUARED_DISTANCE_ERROR * np.einsum("nd,nd->n", covered, covered)
        whole = len(covered) * len(candidates) <= MAX_STORED_DISTANCES
        self._stored = self._distances(np.arange(len(candidates))) if whole else None

    def rows(self, some: Ints | Sequence[int]) -> Floats:
        """Return the distances of some candidates, (s, n)."""
        return self._distances(some) if self._stored is None else self._stored[some]

    def _distances(self, some: Ints | Sequence[int]) -> Floats:
        squared = squared_distances(self._candidates[some], self._covered)
        squared[squared < self._noise] = 0
        return _to_distances(squared, self._gamma)


def _to_distances(squared: Floats, gamma: float | None) -> Floats:
    """Return distances from squared ones, in place: Euclidean, or one minus a Gaussian kernel."""
    if gamma is None:
        return np.sqrt(squared, out=squared)
    return to_one_minus_kernel(squared, gamma)


def facility_location(
    covered: Floats,
    candidates: Floats,
    count: int,
    run: Run | None = None,
    *,
    already: Floats | None = None,
    weights: Floats | None = None,
    gamma: float | None = None,
) -> Ints:
    r"""Select candidates greedily so that every covered point is near one (facility location).

    .. math:: F(S) = \sum_j w_j \max_{i \in S} \max(0, r - \lVert x_j - x_i \rVert),

    with r twice the median distance, or, where a width is given, with the kernel
    :math:`\exp(-\gamma \lVert x_j - x_i \rVert^2)` in place of the inner maximum. The first two are chosen together:
    starting from the greedy pair, each is chosen anew given the other until neither changes, and the one that gains
    more alone comes first. A class often has two modes, and the sample between them, which is best alone, is a bad
    start for every later set. From then on each step takes the largest gain.

    F is monotone and submodular, so every first part of two or more has at least :math:`1 - 1/e` of the best F that
    as many candidates can have (the greedy pair has :math:`1 - (1 - 1/k)^2` of it), the first alone at least half. A
    candidate's gain never grows: only candidates whose old gain is larger than the best new one are computed again
    (lazy greedy).

    Parameters
    ----------
    covered : float32 array (n, d)
        Points to cover, centered.
    candidates : float32 array (c, d)
        Points to select from, centered alike.
    count : int
        Candidates to select at most.
    run : Run, optional
        Receives the progress.
    already : float32 array (s, d), optional
        Points that are selected already, centered alike; then every step takes the largest gain, the first too.
    weights : float32 array (n,), optional
        How much each point counts, at least 0; default 1.
    gamma : float, optional
        Of the kernel, in units of one over a squared distance.

    Returns
    -------
    int array (min(count, c),)
        Positions among the candidates, in the order selected; ties, and what rounding alone sets apart, by position.

    Notes
    -----
    O(n c d), then O(n) for each gain computed again; O(n d) where n c is too large for the distances to be stored.

    References
    ----------
    Nemhauser, Wolsey, Fisher 1978 (the bound); Minoux 1978 (lazy greedy).
    """
    run = run or Run()
    count = min(count, len(candidates))
    distances = _Distances(covered, candidates, gamma)
    reach = _reach(covered) if gamma is None else np.float32(1)
    far = np.full(len(covered), reach, dtype=np.float32)  # distance to the nearest selected one, or r
    is_first = already is None or not len(already)
    if already is not None and len(already):
        far = np.minimum(far, _to_distances(np.square(find_nearest_distances(covered, already)), gamma))
    alone = np.empty(len(candidates))
    blocks = np.array_split(np.arange(len(candidates)), len(covered) * len(candidates) // MAX_BLOCK_ENTRIES + 1)
    for number, some in enumerate(blocks):
        run.report(0.5 * number / len(blocks), f"Computing the gain of {len(candidates):,} candidates")
        alone[some] = _gains(distances, some, far, weights)
    if is_first and count < 2:
        return np.argsort(-alone, kind="stable")[:count]

    selected = list(_first_two(distances, far, alone, weights)) if is_first else []
    away, gains = far, alone
    for place in selected:
        away = np.minimum(away, distances.rows([place])[0])
    while len(selected) < count:
        run.report(0.5 + 0.5 * len(selected) / count, f"Selecting among {len(candidates):,} candidates")
        best, gains = _largest_gain(distances, away, gains, selected, weights)
        selected.append(best)
        away = np.minimum(away, distances.rows([best])[0])
    return np.array(selected, dtype=np.int64)


def _first_two(distances: _Distances, far: Floats, alone: Doubles, weights: Floats | None) -> tuple[int, int]:
    current = int(find_near_largest(alone)[0])
    together = -np.inf
    pair = (current, current)
    while True:
        other, gains = _largest_gain(
            distances, np.minimum(far, distances.rows([current])[0]), alone, [current], weights
        )
        if alone[current] + gains[other] <= together * (1 + MIN_RELATIVE_GAIN):
            both = np.sort(pair)
            first = int(find_near_largest(alone[both])[0])
            return int(both[first]), int(both[1 - first])
        together, pair, current = alone[current] + gains[other], (current, other), other


def _largest_gain(
    distances: _Distances, away: Floats, bounds: Doubles, selected: Sequence[int], weights: Floats | None
) -> tuple[int, Doubles]:
    """Return the candidate with the largest gain, and the upper bounds on the gains as they are then."""
    gains = bounds.copy()
    gains[selected] = -1.0
    new = np.zeros(len(gains), dtype=bool)
    while not new[both := [first := int(find_near_largest(gains)[0]), int(gains.argmax())]].all():
        old = np.where(new, -2.0, gains)
        some = np.argpartition(-old, GAIN_BATCH)[:GAIN_BATCH] if len(old) > GAIN_BATCH else np.arange(len(old))
        some = np.union1d(some[old[some] >= 0], both)
        gains[some] = _gains(distances, some, away, weights)
        new[some] = True
    return first, gains


def _reach(points: Floats) -> np.float32:
    some = points[:: max(len(points) // MAX_MEDIAN_SAMPLES, 1)]
    apart = squared_distances(some, some)[np.triu_indices(len(some), 1)]
    return np.float32(MAX_DISTANCE_RATIO * np.sqrt(np.median(apart))) if len(apart) else np.float32(0)


def _gains(distances: _Distances, some: Ints, away: Floats, weights: Floats | None) -> Doubles:
    nearer = np.subtract(away, distances.rows(some))
    np.maximum(nearer, 0, out=nearer)
    if weights is not None:
        nearer *= weights
    gains: Doubles = nearer.sum(axis=1, dtype=np.float64)
    return gains
