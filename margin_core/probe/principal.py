"""Principal components, through the smaller of the two tables of products."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from margin_core.values import AnyArray

MIN_VARIANCE = 1e-12
"""Components with less of the first one's variance are rounding, and have no direction."""


def compute_principal_axes(centered: NDArray[np.floating], width: int) -> NDArray[Any]:
    """Compute the leading principal directions.

    Parameters
    ----------
    centered : float array (n, d)
        Columns of mean 0; all is computed in its precision.
    width : int
        How many directions, at most.

    Returns
    -------
    float array (d, at most width)
        Orthonormal, largest variance first. With fewer rows than columns, only directions in which there is variance.

    Notes
    -----
    O(n d min(n, d)).
    """
    n, d = centered.shape
    if d <= n:
        return _leading_eigenvectors(centered.T @ centered, width)[1]
    variances, vectors = _leading_eigenvectors(centered @ centered.T, width)
    kept = variances > MIN_VARIANCE * variances[0]
    axes: NDArray[Any] = (centered.T @ vectors[:, kept]) / np.sqrt(variances[kept])
    return axes


def project_on_principal_axes(centered: AnyArray, width: int) -> AnyArray:
    """Project samples on their leading principal components.

    Parameters
    ----------
    centered : float array (n, d)
        Columns of mean 0; all is computed in its precision.
    width : int
        How many components, at most.

    Returns
    -------
    float array (n, at most width)
        Largest variance first.

    Notes
    -----
    O(n d min(n, d)); with fewer rows than columns, the directions themselves are never formed.
    """
    n, d = centered.shape
    projected: Any
    if d <= n:
        projected = centered @ np.ascontiguousarray(compute_principal_axes(centered, width))
    else:
        variances, vectors = _leading_eigenvectors(centered @ centered.T, width)
        projected = vectors * np.sqrt(np.maximum(variances, 0))
    return projected  # type: ignore[no-any-return]


def _leading_eigenvectors(products: NDArray[Any], width: int) -> tuple[NDArray[Any], NDArray[Any]]:
    values, vectors = np.linalg.eigh(products)
    return values[::-1][:width], vectors[:, ::-1][:, :width]
