"""BADGE: samples whose labels would change the classifier much, and in different directions."""

from __future__ import annotations

import numpy as np

from margin_core.storage.engine import Run
from margin_core.tasks.active_sampling.strategies.pool import SamplingPool
from margin_core.values import Doubles, Ints


def badge(pool: SamplingPool, count: int, run: Run) -> Ints:
    r"""Select samples by k-means++ on the gradients of the loss with respect to the last layer.

    The label that a gradient is computed for is the predicted one,

    .. math:: g_i = (p_i - e_{\hat y_i}) \otimes [x_i, 1],\qquad \hat y_i = \arg\max_c p_{ic}.

    The first is the longest, each next is chosen with a probability proportional to its squared distance to the nearest
    selected one.

    Parameters
    ----------
    pool : SamplingPool
        With probabilities; the features are those that its last layer is given, or stand for them.
    count : int
        Samples to select at most.
    run : Run
        Receives the progress.

    Returns
    -------
    int array (<= count,)
        Rows of the pool, in the order selected; a smaller count gives the first of them.

    Notes
    -----
    O(count n (d + c)): products of gradients are products of their factors, so that no gradient is stored.

    References
    ----------
    Ash, Zhang, Krishnamurthy, Langford, Agarwal, Deep batch active learning by diverse, uncertain gradient lower
    bounds, ICLR 2020; their code.
    """
    p = pool.predictions
    residual = p.copy()
    residual[np.arange(len(p)), p.argmax(axis=1)] -= 1
    points = pool.points[pool.candidates].astype(np.float64)
    points = np.hstack([points, np.ones((len(points), 1))])
    lengths = np.square(residual).sum(axis=1) * np.square(points).sum(axis=1)
    generator = np.random.default_rng(pool.seed)
    away: Doubles = lengths
    selected: list[int] = []
    free = np.ones(len(p), dtype=bool)
    for number in range(min(count, len(p))):
        run.report(number / count, f"Selecting among {len(p):,} samples")
        weights = np.where(free, away, 0.0)
        total = weights.sum()
        if total <= 0:  # what is left has the same gradient as one that is selected
            best = int(np.flatnonzero(free)[0])
        elif not selected:
            best = int(weights.argmax())
        else:
            place = np.searchsorted(np.cumsum(weights), generator.random() * total, side="right")
            best = int(min(place, np.flatnonzero(weights)[-1]))
        selected.append(best)
        free[best] = False
        products = (residual @ residual[best]) * (points @ points[best])
        apart = np.maximum(lengths + lengths[best] - 2 * products, 0)
        away = apart if number == 0 else np.minimum(away, apart)
    return pool.candidates[selected]
