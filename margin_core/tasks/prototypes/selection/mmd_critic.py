"""MMD-critic, the published peer: prototypes and criticisms."""

from __future__ import annotations

import numpy as np

from margin_core.domain.hash_sample import hash_sample
from margin_core.storage.engine import Run
from margin_core.tasks.prototypes.kernel import unlikeness, unlikeness_sums
from margin_core.tasks.prototypes.selection.candidates import Crowd
from margin_core.tasks.prototypes.selection.spread import spread
from margin_core.values import Doubles, Ints

MOST = 50_000
"""Up to so many samples of a class kernels are summed over all; beyond, over samples drawn by their ids."""

DRAWN = 20_000


def mmd_critic(crowd: Crowd, count: int, run: Run) -> Ints:
    r"""Pick the samples whose mean comes nearest to the mean of all, greedily.

    Each step takes the largest

    .. math:: \frac{1}{n} \sum_j k(x_i, x_j) - \frac{1}{|S| + 1} \sum_{s \in S} k(x_i, x_s).

    With classes (the "local" variant) the kernel is 0 between them; prototypes then go to classes roughly as these
    are large. O(n^2 d), then O(n d) a prototype.

    References
    ----------
    Kim, Khanna, Koyejo, Examples are not enough, learn to criticize!, NIPS 2016, equation 5; their code.
    """
    everybody = crowd.everybody
    wanted = _mean_likeness(crowd, run)
    group_of = _group_of(crowd)
    likeness = np.zeros(len(crowd.ids))
    free = np.zeros(len(crowd.ids), dtype=bool)
    free[everybody] = True
    picked: list[int] = []
    while len(picked) < min(count, len(everybody)):
        gain = np.where(free, wanted - likeness / (len(picked) + 1), -np.inf)
        best = int(gain.argmax())
        picked.append(best)
        free[best] = False
        rows = crowd.groups[group_of[best]]
        likeness[rows] += 1 - unlikeness(crowd.points[rows], crowd.points[[best]], crowd.gamma)[:, 0]
    return np.array(picked, dtype=np.int64)


def mmd_criticisms(crowd: Crowd, prototypes: Ints, count: int, run: Run) -> Ints:
    r"""Pick where data and prototypes differ most, spread out by a log-det term.

    The witness :math:`|\frac{1}{n} \sum_j k(x_i, x_j) - \frac{1}{|S|} \sum_{s \in S} k(x_i, x_s)|` is the score of
    `margin_core.tasks.prototypes.selection.spread`.

    References
    ----------
    Kim, Khanna, Koyejo, NIPS 2016, section 3.2.
    """
    stands = np.zeros(len(crowd.ids))
    group_of = _group_of(crowd)
    for number, rows in enumerate(crowd.groups):
        own = prototypes[group_of[prototypes] == number]
        unlike = unlikeness_sums(crowd.points[rows], crowd.points[own], crowd.gamma, run, "Looking for criticisms")
        stands[rows] = len(own) - unlike
    witness = np.abs(_mean_likeness(crowd, run) - stands / max(len(prototypes), 1))
    rows = np.setdiff1d(crowd.everybody, prototypes)
    return rows[spread(witness[rows], crowd.points[rows], crowd.gamma, count)]


def _mean_likeness(crowd: Crowd, run: Run) -> Doubles:
    """Give each sample the sum of the kernel to its group, over the size of all groups."""
    mean = np.zeros(len(crowd.ids))
    total = sum(map(len, crowd.groups))
    for rows in crowd.groups:
        some = rows if len(rows) <= MOST else rows[hash_sample(crowd.ids[rows], DRAWN)]
        unlike = unlikeness_sums(
            crowd.points[rows], crowd.points[some], crowd.gamma, run, f"Comparing {len(rows):,} samples"
        )
        mean[rows] = (1 - unlike / len(some)) * len(rows) / total
    return mean


def _group_of(crowd: Crowd) -> Ints:
    group_of = np.full(len(crowd.ids), -1)
    for number, rows in enumerate(crowd.groups):
        group_of[rows] = number
    return group_of
