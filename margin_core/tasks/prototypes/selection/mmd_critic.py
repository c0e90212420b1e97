"""MMD-critic, the published peer: prototypes and criticisms."""

from __future__ import annotations

import numpy as np

from margin_core.domain.hash_sample import hash_sample
from margin_core.function.kernel import one_minus_kernel, sum_one_minus_kernel
from margin_core.storage.engine import Run
from margin_core.tasks.prototypes.selection.candidates import CandidatePool
from margin_core.tasks.prototypes.selection.log_det import select_diverse
from margin_core.values import Doubles, Ints

MAX_EXACT_SAMPLES = 50_000
"""Up to so many samples of a class kernels are summed over all; beyond, over a hash sample."""

HASH_SAMPLE = 20_000
"""Size of that sample."""


def mmd_critic(pool: CandidatePool, count: int, run: Run) -> Ints:
    r"""Select greedily the samples whose mean in feature space comes nearest to the mean of all.

    Each step takes the largest

    .. math:: \frac{1}{n} \sum_j k(x_i, x_j) - \frac{1}{|S| + 1} \sum_{s \in S} k(x_i, x_s).

    With classes (the "local" variant) the kernel is 0 between them; prototypes then go to classes roughly as these
    are large. O(n^2 d), then O(n d) a prototype.

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

    References
    ----------
    Kim, Khanna, Koyejo, Examples are not enough, learn to criticize!, NIPS 2016, equation 5; their code.
    """
    rows = pool.grouped_rows
    mean = _mean_kernel(pool, run)
    group_of = _group_of(pool)
    to_selected = np.zeros(len(pool.ids))
    free = np.zeros(len(pool.ids), dtype=bool)
    free[rows] = True
    selected: list[int] = []
    while len(selected) < min(count, len(rows)):
        gain = np.where(free, mean - to_selected / (len(selected) + 1), -np.inf)
        best = int(gain.argmax())
        selected.append(best)
        free[best] = False
        own = pool.groups[group_of[best]]
        to_selected[own] += 1 - one_minus_kernel(pool.points[own], pool.points[[best]], pool.gamma)[:, 0]
    return np.array(selected, dtype=np.int64)


def mmd_criticisms(pool: CandidatePool, prototypes: Ints, count: int, run: Run) -> Ints:
    r"""Select the samples at which data and prototypes differ most, kept diverse by a log-determinant term.

    The score of `select_diverse` is the absolute difference of the mean kernel to the data and to the prototypes,

    .. math:: \left| \frac{1}{n} \sum_j k(x_i, x_j) - \frac{1}{|S|} \sum_{s \in S} k(x_i, x_s) \right|.

    Parameters
    ----------
    pool : CandidatePool
        Candidates.
    prototypes : int array (p,)
        Rows of the pool.
    count : int
        Criticisms to select at most.
    run : Run
        Receives the progress.

    Returns
    -------
    int array (<= count,)
        Rows of the pool that are no prototypes, in the order selected.

    References
    ----------
    Kim, Khanna, Koyejo, NIPS 2016, section 3.2.
    """
    represented = np.zeros(len(pool.ids))
    group_of = _group_of(pool)
    for number, rows in enumerate(pool.groups):
        own = prototypes[group_of[prototypes] == number]
        distant = sum_one_minus_kernel(pool.points[rows], pool.points[own], pool.gamma, run, "Selecting criticisms")
        represented[rows] = len(own) - distant
    difference = np.abs(_mean_kernel(pool, run) - represented / max(len(prototypes), 1))
    rows = np.setdiff1d(pool.grouped_rows, prototypes)
    return rows[select_diverse(difference[rows], pool.points[rows], pool.gamma, count)]


def _mean_kernel(pool: CandidatePool, run: Run) -> Doubles:
    """Compute for each sample the sum of the kernel to its group, over the size of all groups."""
    mean = np.zeros(len(pool.ids))
    total = sum(map(len, pool.groups))
    for rows in pool.groups:
        some = rows if len(rows) <= MAX_EXACT_SAMPLES else rows[hash_sample(pool.ids[rows], HASH_SAMPLE)]
        distant = sum_one_minus_kernel(
            pool.points[rows], pool.points[some], pool.gamma, run, f"Comparing {len(rows):,} samples"
        )
        mean[rows] = (1 - distant / len(some)) * len(rows) / total
    return mean


def _group_of(pool: CandidatePool) -> Ints:
    group_of = np.full(len(pool.ids), -1)
    for number, rows in enumerate(pool.groups):
        group_of[rows] = number
    return group_of
