"""Features in the shape that a linear probe is fitted on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from margin_core.probe.principal import project_on_principal_axes
from margin_core.values import Floats, usable_rows

MAX_DIMENSIONS = 128
"""Wider features are first projected on their leading principal components: faster, and no less precise."""


def reduce_features(features: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Compute the points that a linear probe is fitted on.

    Centered, projected on at most `MAX_DIMENSIONS` principal components, and scaled by one number so that
    the mean squared length is 1. Components are not scaled one by one: that would blow noise up to the size of
    what matters.

    Parameters
    ----------
    features : float32 array (n, d)
        Of each sample; finite.

    Returns
    -------
    points : float32 array (n, at most 128)
        Zero where a feature is missing.
    usable : bool array (n,)
        Whether a sample has all its features.

    Notes
    -----
    O(n d min(n, d)).
    """
    usable = usable_rows(features)
    kept = features[usable]
    if len(kept):
        # One thread: eigenvectors are found several times faster than by two that wait for each other.
        with threadpool_limits(1, "blas"):
            kept = project_on_principal_axes(kept - kept.mean(axis=0), MAX_DIMENSIONS)
    length = float(np.sqrt(np.einsum("nd,nd->", kept, kept, dtype=np.float64) / max(len(kept), 1)))
    points = np.zeros((len(features), kept.shape[1]), dtype=np.float32)
    points[usable] = kept / (length if length > 0 else 1.0)
    return points, usable
