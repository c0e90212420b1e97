"""The default rule: samples of low influence that leave no sample far from a prototype (facility location)."""

from __future__ import annotations

from margin_core.domain.hash_sample import hash_sample
from margin_core.interpretation.facility_location import facility_location
from margin_core.storage.engine import Run
from margin_core.tasks.prototypes.selection.candidates import CandidatePool, compute_quotas, interleave
from margin_core.values import Ints

MAX_EXACT_SAMPLES = 20_000
"""Up to so many samples of a class all are covered and all of low influence are candidates; beyond, a hash sample."""

COVERED, CANDIDATES = 10_000, 4_000
"""Sizes of these hash samples; what is lost by them stands in `docs/benchmarks/all.md`."""


def coverage(pool: CandidatePool, count: int, run: Run) -> Ints:
    """Select samples of low influence in each class by facility location, and interleave the classes.

    Parameters
    ----------
    pool : CandidatePool
        Candidates.
    count : int
        Prototypes to select at most.
    run : Run
        Receives the progress.

    Returns
    -------
    int array (<= count,)
        Rows of the pool, in the order selected.

    See Also
    --------
    facility_location : The selection within one class.
    """
    candidates = [pool.low_influence(rows) for rows in pool.groups]
    taken = compute_quotas([len(rows) for rows in candidates], count)
    orders = []
    for number, (rows, low, quota) in enumerate(zip(pool.groups, candidates, taken, strict=True)):
        part = run.part(number / len(taken), (number + 1) / len(taken))
        covered = rows if len(rows) <= MAX_EXACT_SAMPLES else rows[hash_sample(pool.ids[rows], COVERED)]
        if len(rows) > MAX_EXACT_SAMPLES:
            low = low[hash_sample(pool.ids[low], CANDIDATES)]
        orders.append(low[facility_location(pool.points[covered], pool.points[low], quota, part)])
    return interleave(orders, count)
