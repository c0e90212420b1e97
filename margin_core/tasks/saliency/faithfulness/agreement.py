"""How far two heatmaps of one picture agree."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from margin_core.errors import ParameterError
from margin_core.values import Floats, Ints


def rank_places(heatmap: Floats) -> Ints:
    """Rank the places of a heatmap, the most important first.

    Equal places stand in a random order that is the same for all heatmaps of a size: as they lie in the picture, row by
    row, would favor its top.

    Parameters
    ----------
    heatmap : float array of any shape
        Larger = more important.

    Returns
    -------
    int array (places,)
        Indices into the flattened heatmap.
    """
    shuffled = np.random.default_rng(0).permutation(heatmap.size)
    order: Ints = shuffled[np.argsort(-heatmap.ravel()[shuffled], kind="stable")]
    return order


def select_top(heatmap: Floats, k: int) -> NDArray[np.bool_]:
    """Select the k most important pixels.

    Parameters
    ----------
    heatmap : float array (h, w)
        Larger = more important.
    k : int
        At least 1.

    Returns
    -------
    bool array (h, w)
        True for k pixels.

    Raises
    ------
    ParameterError
        The heatmap has fewer pixels, or k is not at least 1.
    """
    if not 1 <= k <= heatmap.size:
        raise ParameterError(
            f"The {k:,} most important of {heatmap.size:,} pixels were asked for. Choose k within them."
        )
    selected = np.zeros(heatmap.size, dtype=bool)
    selected[rank_places(heatmap)[:k]] = True
    return selected.reshape(heatmap.shape)


def overlap(one: Floats, other: Floats, k: int) -> float:
    r"""Compute the share of the k most important pixels that two heatmaps have in common: :math:`|B \cap B'| / k`.

    Parameters
    ----------
    one, other : float array (h, w)
        Larger = more important.
    k : int

    Returns
    -------
    float
        In [0, 1]; 1 = the same pixels. Heatmaps without any relation have k / (h w) in common.

    Raises
    ------
    ParameterError
        The heatmaps differ in shape, or k is out of range.
    """
    _check_shapes(one, other)
    return float((select_top(one, k) & select_top(other, k)).sum() / k)


def rank_correlation(one: Floats, other: Floats) -> float:
    """Compute Spearman's rank correlation of two heatmaps, pixel by pixel; equal values share their mean rank.

    Parameters
    ----------
    one, other : float array (h, w)
        Heatmaps of one size; larger = more important.

    Returns
    -------
    float
        In [-1, 1]; 1 = the same order, 0 = no relation; NaN where a heatmap is constant and so has no order.

    Raises
    ------
    ParameterError
        The heatmaps differ in shape.
    """
    from scipy.stats import rankdata  # slow to import

    _check_shapes(one, other)
    ranks = [rankdata(heatmap.ravel()) for heatmap in (one, other)]
    if any(float(np.ptp(rank)) == 0 for rank in ranks):
        return float("nan")
    return float(np.corrcoef(*ranks)[0, 1])


def _check_shapes(one: Floats, other: Floats) -> None:
    if one.shape != other.shape:
        raise ParameterError(f"Heatmaps of one size are compared; got {one.shape} and {other.shape}.")
