"""How far shares of right answers would be off on other samples of the same kind."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from margin_core.values import Doubles, Ints

DRAWS = 2000
TAILS = (2.5, 97.5)
"""Per cent cut off at either end: a 95 % interval."""


def resampled(right: NDArray[np.bool_], weights: Doubles, units: Ints, *, seed: int = 0) -> Doubles:
    r"""Draw the units again and again with replacement, and compute each model's share of right answers.

    .. math:: a_b^{(j)} = \sum_i m_i w_i \, r_{ji} \Big/ \sum_i m_i w_i

    with :math:`m_i` how often the unit of sample i was drawn. All models j share the draws, so that differences
    between them are paired.

    Parameters
    ----------
    right : bool array (p, m)
        Whether each of p models is right about each of m samples.
    weights : float array (m,)
        How much each sample counts.
    units : int array (m,)
        Samples of one unit are drawn together.
    seed : int

    Returns
    -------
    float array (`DRAWS`, p)

    Notes
    -----
    O(m p + `DRAWS` × kinds), kinds = units that differ: to draw m units is to draw how many there are of each kind.
    """
    _, unit = np.unique(units, return_inverse=True)
    columns = [weights, *(weights * row for row in right)]
    # Rounded, for sums that would differ in their last bit only.
    sums = np.round([np.bincount(unit, weights=column) for column in columns], 12).T
    kinds, counts = np.unique(sums, axis=0, return_counts=True)
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(counts.sum(), counts / counts.sum(), size=DRAWS).astype(np.float64) @ kinds
    shares: Doubles = drawn[:, 1:] / drawn[:, :1]
    return shares


def interval(draws: Doubles) -> tuple[Doubles, Doubles]:
    """Give the 95 % percentile interval of each column (`DRAWS`, p): low (p,), high (p,)."""
    low, high = np.percentile(draws, TAILS, axis=0)
    return low, high
