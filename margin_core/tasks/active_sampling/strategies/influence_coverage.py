"""MARGIN with coverage: samples that their neighbors predict, one near every sample."""

from __future__ import annotations

import numpy as np

from margin_core.interpretation.facility_location import facility_location
from margin_core.storage.engine import Run
from margin_core.tasks.active_sampling.strategies.pool import SamplingPool
from margin_core.values import Ints

SHARE = 0.5
"""Share of the candidates, least influential first, that are selected from."""

MAX_COVERED, MAX_CANDIDATES = 10_000, 4_000
"""Samples that are covered and that are selected from; of more, a random part."""


def influence_coverage(pool: SamplingPool, count: int, run: Run) -> Ints:
    """Select samples of low influence so that every sample is near a labeled or selected one (facility location).

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
        Rows of the pool, in the order selected; a smaller count gives the first of them.

    See Also
    --------
    facility_location : The selection; labeled samples cover what is near them.
    """
    order = pool.random_order
    low = pool.candidates[np.argsort(pool.influence[pool.candidates], kind="stable")]
    low = np.sort(low[: max(int(np.ceil(SHARE * len(low))), min(count, len(low)))])
    if len(low) > MAX_CANDIDATES:
        low = np.sort(order[np.isin(order, low)][: max(MAX_CANDIDATES, count)])
    covered = np.sort(order[:MAX_COVERED])
    if not len(low):
        return low
    found = facility_location(pool.points[covered], pool.points[low], count, run, already=pool.points[pool.labeled])
    return low[found]
