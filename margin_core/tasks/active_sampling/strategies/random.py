"""At random."""

from __future__ import annotations

from margin_core.storage.engine import Run
from margin_core.tasks.active_sampling.strategies.pool import SamplingPool
from margin_core.values import Ints


def random(pool: SamplingPool, count: int, run: Run) -> Ints:
    """Select samples at random, each with the same probability.

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
        Rows of the pool, in the order selected; a smaller count gives the first of them. Batches that follow each
        other are one batch cut in pieces.
    """
    return pool.random_order[:count]
