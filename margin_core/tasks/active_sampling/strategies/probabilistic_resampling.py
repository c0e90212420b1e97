"""At random, the likelier the less the neighbors predict a sample's features."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from margin_core.storage.engine import Run
from margin_core.tasks.active_sampling.strategies.pool import SamplingPool
from margin_core.values import Doubles, Ints


def probabilistic_resampling(pool: SamplingPool, count: int, run: Run) -> Ints:
    r"""Select samples at random, with probabilities proportional to the norm of their high-passed features.

    .. math:: \pi_i \propto \lVert x_i - (P x)_i \rVert,\qquad P = D^{-1} W

    None is selected twice.

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
    Chen, Tian, Feng, Vetro, Kovacevic, Fast resampling of three-dimensional point clouds via graphs, IEEE Transactions
    on Signal Processing 66 (2018), arXiv 1702.06397 (2017); Efraimidis and Spirakis 2006 (drawing without replacement).
    """
    norm = high_passed_norm(pool)[pool.candidates]
    uniform = np.random.default_rng(pool.seed).random(len(norm))
    with np.errstate(divide="ignore"):
        keys = np.where(norm > 0, np.log(uniform) / norm, -np.inf)
    return pool.candidates[np.argsort(-keys, kind="stable")][:count]


def high_passed_norm(pool: SamplingPool) -> Doubles:
    """Compute the norm of the high-passed features of every sample.

    Parameters
    ----------
    pool : SamplingPool

    Returns
    -------
    float array (n,)
        0 for an isolated node.
    """
    degree = np.asarray(pool.weights.sum(axis=1), dtype=np.float64).ravel()
    inverse = np.divide(1.0, degree, out=np.zeros(len(degree)), where=degree > 0)
    mean = sparse.diags_array(inverse) @ (pool.weights @ pool.features.astype(np.float64))
    norm: Doubles = np.linalg.norm(pool.features - mean, axis=1) * (degree > 0)
    return norm
