"""Rules that select criticisms, among the samples that are influential and no prototypes."""

from __future__ import annotations

import numpy as np

from margin_core.storage.engine import Run
from margin_core.tasks.prototypes.selection.candidates import CandidatePool, interleave
from margin_core.tasks.prototypes.selection.log_det import select_diverse
from margin_core.tasks.prototypes.selection.mmd_critic import mmd_criticisms
from margin_core.values import Ints

CRITICISM_RULES = ("influence", "log_det", "mmd_critic")
"""Every rule by name, the default first."""


def select_criticisms(pool: CandidatePool, prototypes: Ints, rule: str, count: int, run: Run) -> Ints:
    """Select the samples that no prototype explains.

    Parameters
    ----------
    pool : CandidatePool
        Candidates.
    prototypes : int array (p,)
        Rows of the pool that are never selected.
    rule : {'influence', 'log_det', 'mmd_critic'}
        ``influence``: the most influential of each class first, classes interleaved. ``log_det``: of the more
        influential half of a class those that are influential and unlike each other. ``mmd_critic``: where the
        prototypes represent the data worst.
    count : int
        Criticisms to select at most.
    run : Run
        Receives the progress.

    Returns
    -------
    int array (<= count,)
        Rows of the pool, in the order selected.
    """
    if rule == "mmd_critic":
        return mmd_criticisms(pool, prototypes, count, run)
    orders = []
    for rows in pool.groups:
        left = rows[~np.isin(rows, prototypes) & (pool.influence[rows] > 0)]
        ranked = left[np.argsort(-pool.influence[left], kind="stable")]
        if rule == "log_det":
            some = ranked[: max(len(ranked) // 2, 1)]
            ranked = some[select_diverse(pool.influence[some], pool.points[some], pool.gamma, count)]
        orders.append(ranked)
    return interleave(orders, count)
