"""The width of the kernel by which the means of whole sets are compared."""

from __future__ import annotations

import numpy as np

from margin_core.domain.hash_sample import hash_sample
from margin_core.function.kernel import median_gamma
from margin_core.values import Floats, Texts, usable_rows

MAX_SAMPLES = 1000
"""Samples between which distances are computed."""


def estimate_pair_gamma(points: Floats, ids: Texts) -> float:
    r"""Estimate the kernel width by the classical rule: one over the median squared distance of all pairs.

    Parameters
    ----------
    points : float32 array (m, d)
        Features of the samples.
    ids : array of str (m,)
        They decide which 1,000 samples are taken.

    Returns
    -------
    float
        Larger than 0; 1 where all points are the same.

    Notes
    -----
    `margin_core.function.kernel.estimate_gamma` is as wide as a neighborhood. With such a kernel the discrepancy that a
    node and its neighbors make tells how near these are to each other, and not where they lie among all nodes.
    """
    usable = np.flatnonzero(usable_rows(points))
    return median_gamma(points[usable[hash_sample(ids[usable], MAX_SAMPLES)]].astype(np.float64))
