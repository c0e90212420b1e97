"""The most uncertain first, by entropy."""

from __future__ import annotations

import numpy as np

from margin_core.interpretation.rounding import round_scores
from margin_core.storage.engine import Run
from margin_core.tasks.active_sampling.strategies.pool import SamplingPool
from margin_core.values import Doubles, Ints


def entropy(pool: SamplingPool, count: int, run: Run) -> Ints:
    """Select the samples whose predicted class probabilities have the largest entropy.

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
    Settles, Active learning literature survey (2009), section 3.1.
    """
    return pool.candidates[np.argsort(-compute_entropy(pool.predictions), kind="stable")][:count]


def compute_entropy(probabilities: Doubles) -> Doubles:
    """Compute the entropy of class probabilities as a share of the largest that there is.

    Parameters
    ----------
    probabilities : float array (n, c)
        Rows sum to 1.

    Returns
    -------
    float array (n,)
        In [0, 1]; 1 = all classes are as likely.
    """
    p = np.maximum(probabilities, np.finfo(np.float64).tiny)
    return round_scores(-(p * np.log(p)).sum(axis=1) / np.log(max(p.shape[1], 2)))
