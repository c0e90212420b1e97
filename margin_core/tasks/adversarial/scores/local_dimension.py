"""Local intrinsic dimensionality: how fast the number of reference samples around a point grows (Ma et al., 2018)."""

from __future__ import annotations

import numpy as np

from margin_core.function.distances import squared_distances
from margin_core.values import Doubles, Floats

_SMALLEST = 1e-12


def local_intrinsic_dimensionality(points: Floats, reference: Floats, k: int) -> Doubles:
    r"""Estimate the local intrinsic dimensionality of each point from its nearest reference samples.

    The maximum likelihood estimate from the distances :math:`r_1 \le \dots \le r_k`,

    .. math:: -\Big(\frac{1}{k} \sum_{i = 1}^{k} \log \frac{r_i}{r_k}\Big)^{-1}.

    Parameters
    ----------
    points : float32 array (m, d)
        Features of the samples that are scored.
    reference : float32 array (r, d)
        Clean samples, none of the points.
    k : int
        Neighbors, at most r.

    Returns
    -------
    float array (m,)
        Larger than 0; larger = more likely attacked, since an attack leaves the surface that the clean samples lie on.
        NaN with fewer than two reference samples, and where all distances are the same.

    References
    ----------
    Ma et al., Characterizing adversarial subspaces using local intrinsic dimensionality, ICLR 2018.
    """
    k = min(k, len(reference))
    if k < 2:
        return np.full(len(points), np.nan)
    center = reference.mean(axis=0, dtype=np.float64)
    apart = squared_distances(points.astype(np.float64) - center, reference.astype(np.float64) - center)
    distances = np.sqrt(np.sort(np.partition(apart, k - 1, axis=1)[:, :k], axis=1))
    logs = np.log(np.maximum(distances, _SMALLEST) / np.maximum(distances[:, -1:], _SMALLEST)).mean(axis=1)
    with np.errstate(divide="ignore"):
        return np.where(logs < 0, -1.0 / logs, np.nan)
