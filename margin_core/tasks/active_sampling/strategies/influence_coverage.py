"""MARGIN with coverage: typical samples, so that what is uncertain lies near one of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from margin_core.function.distances import squared_distances
from margin_core.function.uncertainty import compute_top_two
from margin_core.interpretation.facility_location import facility_location
from margin_core.interpretation.rounding import round_scores
from margin_core.storage.engine import Run
from margin_core.tasks.active_sampling.strategies.pool import SamplingPool
from margin_core.values import Floats, Ints

SHARE = 0.75
"""Share of the candidates, least influential first, that are selected from: the others are unlike their neighbors."""

WIDTH, NEIGHBOR = 3.0, 20
"""Width of the kernel: times the median squared distance to the neighbor of that number. SHARE, WIDTH and the weights
were chosen on Cora and on pixels of MNIST (docs/explanation/active-sampling.md)."""

MAX_COVERED, MAX_CANDIDATES = 10_000, 4_000
"""Samples that are covered and that are selected from; of more, a random part."""

MAX_WIDTH_SAMPLES = 500
"""Samples from which the width is estimated."""


def influence_coverage(pool: SamplingPool, count: int, run: Run) -> Ints:
    r"""Select samples of low influence so that what is uncertain is near a labeled or selected one.

    .. math:: F(S) = \sum_j u_j \max_{i \in L \cup S} \exp(-\gamma \lVert x_j - x_i \rVert^2)

    over all samples j without a label, greedily; L are the labeled ones and :math:`u_j` one minus the difference of the
    two largest predicted probabilities of j, or 1 as long as nothing is predicted. So few labels go to what is typical,
    and many to where classes meet.

    Parameters
    ----------
    pool : SamplingPool
    count : int
        Samples to select at most.
    run : Run
        Receives the progress.

    Returns
    -------
    int array (<= count,)
        Rows of the pool, in the order selected; a smaller count of two or more gives the first of them.

    See Also
    --------
    facility_location : The selection.

    References
    ----------
    Bae, Oliveira, Sutherland, Uncertainty herding: one active learning method for all label budgets, ICLR 2025 (the
    weighted kernel coverage, without influence and graph).
    """
    order = pool.random_order
    isolated = np.diff(pool.weights.indptr) == 0
    influence = np.where(isolated, np.inf, pool.influence)[pool.candidates]
    typical = np.zeros(len(pool.ids), dtype=bool)
    kept = max(int(np.ceil(SHARE * len(influence))), count)
    typical[pool.candidates[np.argsort(influence, kind="stable")[:kept]]] = True
    candidates = np.sort(order[typical[order]][: max(MAX_CANDIDATES, count)])
    covered = np.sort(order[:MAX_COVERED])
    if not len(candidates):
        return candidates
    points = pool.points[covered]
    found = facility_location(
        points,
        pool.points[candidates],
        count,
        run,
        already=pool.points[pool.labeled],
        weights=_uncertainty(pool, covered),
        gamma=1 / (WIDTH * _squared_neighbor_distance(points)),
    )
    return candidates[found]


def _uncertainty(pool: SamplingPool, rows: Ints) -> NDArray[np.float32] | None:
    if pool.probabilities is None:
        return None
    unsure = (1 - round_scores(compute_top_two(pool.probabilities[rows]).margin)).astype(np.float32)
    return unsure if unsure.any() else None


def _squared_neighbor_distance(points: Floats) -> float:
    """Return the median squared distance to the neighbor of number `NEIGHBOR`; 1 where all points are the same."""
    some = points[:: max(len(points) // MAX_WIDTH_SAMPLES, 1)]
    apart = squared_distances(some, points)
    place = min(NEIGHBOR, len(points) - 1)
    median = float(np.median(np.partition(apart, place, axis=1)[:, place]))
    above = apart[apart > 1e-6]
    return median if median > 1e-6 else float(np.median(above)) if len(above) else 1.0
