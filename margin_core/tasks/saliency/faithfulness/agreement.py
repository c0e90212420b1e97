"""How far two maps of one picture agree."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from margin_core.errors import ParameterError
from margin_core.values import Floats, Ints


def most_important_first(heatmap: Floats) -> Ints:
    """Rank the pixels of a heatmap, as places in the flattened map (h * w,).

    A map prefers none of two equal pixels, so they stand in an order drawn once for a size: as they lie in the
    picture, row by row, would favour its top.
    """
    drawn = np.random.default_rng(0).permutation(heatmap.size)
    order: Ints = drawn[np.argsort(-heatmap.ravel()[drawn], kind="stable")]
    return order


def top(heatmap: Floats, k: int) -> NDArray[np.bool_]:
    """Mark the k most important pixels, (h, w).

    Raises
    ------
    ParameterError
        The map has fewer, or k is not at least 1.
    """
    if not 1 <= k <= heatmap.size:
        raise ParameterError(
            f"The {k:,} most important of {heatmap.size:,} pixels were asked for. Choose k within them."
        )
    chosen = np.zeros(heatmap.size, dtype=bool)
    chosen[most_important_first(heatmap)[:k]] = True
    return chosen.reshape(heatmap.shape)


def overlap(one: Floats, other: Floats, k: int) -> float:
    r"""Give the share of the k most important pixels that two maps have in common: :math:`|B \cap B'| / k`.

    Parameters
    ----------
    one, other : float array (h, w)
    k : int

    Returns
    -------
    float
        In [0, 1]; 1 = the same pixels. Maps without any relation have k / (h w) in common.

    Raises
    ------
    ParameterError
        The maps differ in shape, or k is out of range.
    """
    _check_alike(one, other)
    return float((top(one, k) & top(other, k)).sum() / k)


def rank_correlation(one: Floats, other: Floats) -> float:
    """Give Spearman's rank correlation of two maps, pixel by pixel; equal values share their mean rank.

    Parameters
    ----------
    one, other : float array (h, w)

    Returns
    -------
    float
        In [-1, 1]; 1 = the same order, 0 = no relation; NaN where a map is constant and so has no order.

    Raises
    ------
    ParameterError
        The maps differ in shape.
    """
    from scipy.stats import rankdata  # slow to import

    _check_alike(one, other)
    ranks = [rankdata(heatmap.ravel()) for heatmap in (one, other)]
    if any(float(np.ptp(rank)) == 0 for rank in ranks):
        return float("nan")
    return float(np.corrcoef(*ranks)[0, 1])


def _check_alike(one: Floats, other: Floats) -> None:
    if one.shape != other.shape:
        raise ParameterError(f"Maps of one size are compared; got {one.shape} and {other.shape}.")
