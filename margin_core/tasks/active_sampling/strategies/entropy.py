"""The most uncertain first, by entropy."""

from __future__ import annotations

import numpy as np

from margin_core.function.uncertainty import normalized_entropy
from margin_core.interpretation.rounding import round_scores
from margin_core.storage.engine import Run
from margin_core.tasks.active_sampling.strategies.pool import SamplingPool
from margin_core.values import Ints


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
    return pool.candidates[np.argsort(-round_scores(normalized_entropy(pool.predictions)), kind="stable")][:count]
