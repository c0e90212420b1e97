"""How sparse a heatmap is."""

from __future__ import annotations

import numpy as np

from margin_core.values import Floats


def gini(heatmap: Floats) -> float:
    r"""Compute the Gini index of a heatmap.

    .. math:: 1 - 2 \sum_{k=1}^{N} \frac{v_{(k)}}{\lVert v \rVert_1} \frac{N - k + \frac12}{N},

    with the N magnitudes in ascending order.

    Parameters
    ----------
    heatmap : float array (h, w)
        At least 0; larger = more important.

    Returns
    -------
    float
        In [0, 1): 0 = all pixels are equally important (or none is), near 1 = one pixel alone is. It does not change
        when the heatmap is multiplied by a number.

    References
    ----------
    Hurley and Rickard, Comparing measures of sparsity, IEEE Transactions on Information Theory 55, 2009, table II.
    """
    values = np.sort(np.abs(heatmap.ravel()).astype(np.float64))
    total, number = float(values.sum()), len(values)
    if total == 0:
        return 0.0
    behind = (number - np.arange(1, number + 1) + 0.5) / number
    return float(np.clip(1 - 2 * (values / total * behind).sum(), 0, 1))
