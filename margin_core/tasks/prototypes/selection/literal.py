"""The paper's rule, as printed."""

from __future__ import annotations

import numpy as np

from margin_core.storage.engine import Run
from margin_core.tasks.prototypes.selection.candidates import CandidatePool
from margin_core.values import Ints


def literal(pool: CandidatePool, count: int, run: Run) -> Ints:
    """Select the samples of low influence, in the order of the signal, ascending.

    The paper states neither the threshold nor the direction; it calls a small discrepancy typical. Without
    coverage and without balance the first hundreds sit in the one class that is densest
    (`docs/explanation/prototypes.md`).

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
    MARGIN, Front. Big Data 4:589417 (2021), case study I.
    """
    low = pool.least_influential(pool.grouped_rows)
    return low[np.argsort(pool.signal[low], kind="stable")][:count]
