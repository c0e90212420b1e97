"""k-medoids, the classical peer, by the package of that name."""

from __future__ import annotations

import numpy as np

from margin_core.domain.hash_sample import hash_sample
from margin_core.errors import ModelError
from margin_core.function.distances import squared_distances
from margin_core.storage.engine import Run
from margin_core.tasks.prototypes.selection.candidates import CandidatePool, compute_quotas, interleave
from margin_core.values import Ints

MAX_SAMPLES = 10_000
"""Samples of a class that are clustered (400 MB of distances); of more, a hash sample."""


def k_medoids(pool: CandidatePool, count: int, run: Run) -> Ints:
    """Select the medoids of a clustering of each class, largest cluster first, and interleave the classes.

    Unlike with the other rules a prefix is no selection for a smaller count: other counts have other medoids. FasterPAM
    from a fixed random start; O(n^2) a sweep.

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

    Raises
    ------
    ModelError
        The package kmedoids is not installed.

    References
    ----------
    Schubert and Rousseeuw, Fast and eager k-medoids clustering, Information Systems 101 (2021); package kmedoids.
    """
    taken = compute_quotas([len(rows) for rows in pool.groups], count)
    orders = []
    for number, (rows, quota) in enumerate(zip(pool.groups, taken, strict=True)):
        run.report(number / len(taken), f"Clustering {len(rows):,} samples")
        some = rows[hash_sample(pool.ids[rows], MAX_SAMPLES)]
        orders.append(some[_medoids(np.sqrt(squared_distances(pool.points[some], pool.points[some])), quota)])
    return interleave(orders, count)


def _medoids(distances: np.ndarray, count: int) -> Ints:
    try:
        import kmedoids
    except ModuleNotFoundError:
        # Its license is the GPL, so it is not installed along with a program under MIT.
        raise ModelError(
            "The rule k_medoids needs the package kmedoids. Install it (pip install kmedoids), or choose another rule."
        ) from None

    if count >= len(distances):
        return np.arange(len(distances))
    np.fill_diagonal(distances, 0)
    found = kmedoids.fasterpam(distances, count, init="random", random_state=0, n_cpu=1)
    sizes = np.bincount(found.labels.astype(np.int64), minlength=count)
    medoids = found.medoids.astype(np.int64)
    ordered: Ints = medoids[np.lexsort((medoids, -sizes))]
    return ordered
