"""At random within each class, classes in turn."""

from __future__ import annotations

import numpy as np

from margin_core.errors import MissingPart
from margin_core.storage.engine import Run
from margin_core.tasks.active_sampling.strategies.pool import SamplingPool
from margin_core.values import Ints


def balanced_random(pool: SamplingPool, count: int, run: Run) -> Ints:
    """Select samples at random so that, with those labeled already, classes are as even as they can be.

    Each step takes a sample at random from the class of which fewest are labeled or selected. Classes are predicted
    ones: the true classes of samples without a label are known in simulations only.

    Parameters
    ----------
    pool : SamplingPool
        With classes.
    count : int
        Samples to select at most.
    run : Run
        Not used.

    Returns
    -------
    int array (<= count,)
        Rows of the pool, in the order selected; a smaller count gives the first of them.

    Raises
    ------
    MissingPart
        There are no classes.
    """
    if pool.classes is None:
        raise MissingPart("There are no predicted classes to balance over. Label samples of two classes first.")
    order = pool.random_order
    classes = pool.classes[order]
    before = np.bincount(pool.classes[pool.labeled], minlength=int(classes.max(initial=0)) + 1)
    turn = np.empty(len(order), dtype=np.int64)
    for one in np.unique(classes):
        own = classes == one
        turn[own] = before[one] + np.arange(own.sum())
    return order[np.lexsort((classes, turn))][:count]
