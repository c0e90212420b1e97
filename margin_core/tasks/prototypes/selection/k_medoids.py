"""k-medoids, the classical peer, by the package of that name."""

from __future__ import annotations

import numpy as np

from margin_core.domain.hash_sample import hash_sample
from margin_core.errors import ModelError
from margin_core.storage.engine import Run
from margin_core.tasks.prototypes.kernel import squared_distances
from margin_core.tasks.prototypes.selection.candidates import Crowd, in_turn, quotas
from margin_core.values import Ints

MOST = 10_000
"""Up to so many samples of a class are clustered (400 MB of distances); of more, so many drawn by their ids."""


def k_medoids(crowd: Crowd, count: int, run: Run) -> Ints:
    """Cluster each class around as many medoids as its turn gives it, largest cluster first, and take them in turn.

    Unlike the others' its prefixes are no answers for smaller counts: other counts have other medoids. FasterPAM from
    a fixed random start; O(n^2) a sweep.

    References
    ----------
    Schubert and Rousseeuw, Fast and eager k-medoids clustering, Information Systems 101 (2021); package kmedoids.
    """
    taken = quotas([len(rows) for rows in crowd.groups], count)
    orders = []
    for number, (rows, quota) in enumerate(zip(crowd.groups, taken, strict=True)):
        run.report(number / len(taken), f"Clustering {len(rows):,} samples")
        some = rows[hash_sample(crowd.ids[rows], MOST)]
        orders.append(some[_medoids(np.sqrt(squared_distances(crowd.points[some], crowd.points[some])), quota)])
    return in_turn(orders, count)


def _medoids(distances: np.ndarray, count: int) -> Ints:
    try:
        import kmedoids
    except ModuleNotFoundError:
        # Its licence is the GPL, so it is not installed along with a program under MIT.
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
