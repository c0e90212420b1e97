"""The least influential of each class, interleaved."""

from __future__ import annotations

import numpy as np

from margin_core.storage.engine import Run
from margin_core.tasks.prototypes.selection.candidates import CandidatePool, interleave
from margin_core.values import Ints


def round_robin(pool: CandidatePool, count: int, run: Run) -> Ints:
    """Select the least influential samples of each class, and interleave the classes.

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
    """
    orders = [rows[np.argsort(pool.influence[rows], kind="stable")] for rows in pool.groups]
    return interleave(orders, count)
