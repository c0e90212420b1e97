"""The least influential first."""

from __future__ import annotations

import numpy as np

from margin_core.storage.engine import Run
from margin_core.tasks.prototypes.selection.candidates import CandidatePool
from margin_core.values import Ints


def influence(pool: CandidatePool, count: int, run: Run) -> Ints:
    """Select the least influential samples, whatever their class: typical is what its neighbors predict.

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
    rows = pool.grouped_rows
    return rows[np.argsort(pool.influence[rows], kind="stable")][:count]
