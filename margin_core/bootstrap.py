"""Bootstrap intervals of means, paired over models or methods that share the resamples."""

from __future__ import annotations

import numpy as np

from margin_core.values import Doubles, Ints

N_RESAMPLES = 2000

PERCENTILES = (2.5, 97.5)
"""The ends of a 95 % interval."""


def bootstrap_means(values: Doubles, weights: Doubles, units: Ints | None = None, *, seed: int = 0) -> Doubles:
    r"""Resample units with replacement, and compute the weighted mean of each row of values.

    .. math:: a_b^{(j)} = \sum_i m_i w_{ji} \, v_{ji} \Big/ \sum_i m_i w_{ji}

    with :math:`m_i` how often the unit of sample i is in resample b. All rows j share the resamples, so that
    differences between them are paired.

    Parameters
    ----------
    values : float or bool array (p, m)
        Of m samples by each of p models; read only where the weight is not 0.
    weights : float array (m,) or (p, m)
        How much each sample counts; at least 0.
    units : int array (m,), optional
        Samples of one unit are resampled together; default: each alone.
    seed : int

    Returns
    -------
    float array (`N_RESAMPLES`, p)
        NaN where a resample holds no weight.

    Notes
    -----
    O(m p + `N_RESAMPLES` × kinds), kinds = units that differ: m units are sampled by how many there are of each kind.

    References
    ----------
    Efron and Tibshirani: An Introduction to the Bootstrap, chapter 13. Chapman & Hall 1993.
    """
    rows = np.atleast_2d(weights)
    products = np.where(rows != 0, values, 0) * rows
    _, unit = np.unique(np.arange(products.shape[1]) if units is None else units, return_inverse=True)
    # Rounded, for sums that would differ in their last bit only.
    sums = np.round([np.bincount(unit, weights=row) for row in (*rows, *products)], 12).T
    kinds, counts = np.unique(sums, axis=0, return_counts=True)
    rng = np.random.default_rng(seed)
    resampled = rng.multinomial(counts.sum(), counts / counts.sum(), size=N_RESAMPLES).astype(np.float64) @ kinds
    totals, means = resampled[:, : len(rows)], resampled[:, len(rows) :]
    with np.errstate(invalid="ignore"):
        shares: Doubles = means / totals
    return shares


def percentile_interval(resampled: Doubles) -> tuple[Doubles, Doubles]:
    """Compute the 95 % percentile interval of each column.

    Parameters
    ----------
    resampled : float array (`N_RESAMPLES`, p)
        NaN is left out.

    Returns
    -------
    low, high : float array (p,)
        NaN for a column without a value.
    """
    if not np.isnan(resampled).any():
        low, high = np.percentile(resampled, PERCENTILES, axis=0)
        return low, high
    columns = [column[~np.isnan(column)] for column in resampled.T]
    ends = np.array([np.percentile(column, PERCENTILES) if len(column) else (np.nan, np.nan) for column in columns])
    return ends[:, 0], ends[:, 1]
