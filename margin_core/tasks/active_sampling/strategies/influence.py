"""The most influential first: the rule of the paper, whatever the signal."""

from __future__ import annotations

import numpy as np

from margin_core.storage.engine import Run
from margin_core.tasks.active_sampling.strategies.pool import SamplingPool
from margin_core.values import Ints


def influence(pool: SamplingPool, count: int, run: Run) -> Ints:
    """Select the samples whose signal their neighbors predict worst.

    Parameters
    ----------
    pool : SamplingPool
    count : int
        Samples to select at most.
    run : Run
        Not used.

    Returns
    -------
    int array (<= count,)
        Rows of the pool, in the order selected; a smaller count gives the first of them.

    References
    ----------
    MARGIN, Front. Big Data 4:589417 (2021), case study VI.
    """
    return pool.candidates[np.argsort(-pool.influence[pool.candidates], kind="stable")][:count]
