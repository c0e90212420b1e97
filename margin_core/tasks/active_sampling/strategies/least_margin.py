"""The most uncertain first, by the margin of the two likeliest classes."""

from __future__ import annotations

import numpy as np

from margin_core.function.uncertainty import compute_top_two
from margin_core.interpretation.rounding import round_scores
from margin_core.storage.engine import Run
from margin_core.tasks.active_sampling.strategies.pool import SamplingPool
from margin_core.values import Ints


def least_margin(pool: SamplingPool, count: int, run: Run) -> Ints:
    """Select the samples whose two likeliest classes are nearest to being as likely.

    Parameters
    ----------
    pool : SamplingPool
        With probabilities.
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
    Scheffer, Decomain, Wrobel, Active hidden Markov models for information extraction, IDA 2001.
    """
    return pool.candidates[np.argsort(round_scores(compute_top_two(pool.predictions).margin), kind="stable")][:count]
