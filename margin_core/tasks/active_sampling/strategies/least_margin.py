"""The most uncertain first, by the margin of the two likeliest classes."""

from __future__ import annotations

import numpy as np

from margin_core.interpretation.rounding import round_scores
from margin_core.storage.engine import Run
from margin_core.tasks.active_sampling.strategies.pool import SamplingPool
from margin_core.values import Doubles, Ints


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
    return pool.candidates[np.argsort(compute_margin(pool.predictions), kind="stable")][:count]


def compute_margin(probabilities: Doubles) -> Doubles:
    """Compute how much likelier the likeliest class is than the next.

    Parameters
    ----------
    probabilities : float array (n, c)
        Rows sum to 1.

    Returns
    -------
    float array (n,)
        In [0, 1]; 0 = as likely.
    """
    c = probabilities.shape[1]
    if c < 2:
        return np.ones(len(probabilities))
    top = np.partition(probabilities, c - 2, axis=1)[:, -2:]
    return round_scores(top[:, 1] - top[:, 0])
