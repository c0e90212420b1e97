"""How far a heatmap has changed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from margin_core.tasks.saliency.faithfulness import overlap, rank_correlation
from margin_core.values import Doubles, Floats

TOP_SHARE, MAX_TOP = 0.1, 1_000
"""The most important pixels are a tenth of all, at most 1,000: what the paper takes of 32 and of 227 pixels."""


@dataclass(frozen=True)
class HeatmapChange:
    """Three measures of how alike two heatmaps of one picture are.

    Attributes
    ----------
    top_k : float
        Share of the most important pixels in common, in [0, 1]; 1 = the same, smaller = more fragile.
    correlation : float
        Spearman's rank correlation, in [-1, 1]; smaller = more fragile; NaN where a heatmap is constant.
    shift : float
        Distance of the centers of mass in pixels, 0 or more; larger = more fragile; NaN where a heatmap is empty.
    """

    top_k: float
    correlation: float
    shift: float


def compare_heatmaps(before: Floats, after: Floats, k: int | None = None) -> HeatmapChange:
    """Compute three measures of how alike two heatmaps are.

    Parameters
    ----------
    before, after : float array (h, w)
        Larger = more important.
    k : int, optional
        How many pixels count as the most important; default `top_k_size`.

    Returns
    -------
    HeatmapChange
    """
    k = top_k_size(before.size) if k is None else k
    return HeatmapChange(overlap(before, after, k), rank_correlation(before, after), center_shift(before, after))


def top_k_size(pixels: int) -> int:
    """Return how many pixels count as the most important.

    Parameters
    ----------
    pixels : int
        Of the heatmap.

    Returns
    -------
    int
        A tenth, between 1 and 1,000.
    """
    return min(max(round(TOP_SHARE * pixels), 1), MAX_TOP)


def center_of_mass(heatmap: Floats) -> Doubles:
    r"""Compute the center of mass :math:`\sum_q R_q (i_q, j_q)` of a heatmap R scaled to the sum 1.

    Parameters
    ----------
    heatmap : float array (h, w)
        0 or more.

    Returns
    -------
    float64 array (2,)
        Row and column; NaN of an empty heatmap.
    """
    values = heatmap.astype(np.float64)
    total = float(values.sum())
    if total == 0:
        return np.full(2, np.nan)
    rows, columns = np.arange(values.shape[0]), np.arange(values.shape[1])
    return np.array([values.sum(axis=1) @ rows, values.sum(axis=0) @ columns]) / total


def center_shift(before: Floats, after: Floats) -> float:
    """Compute the distance between the centers of mass of two heatmaps.

    Parameters
    ----------
    before, after : float array (h, w)
        Heatmaps of one size, at least 0; larger = more important.

    Returns
    -------
    float
        In pixels, 0 or more; NaN where one is empty.
    """
    return float(np.linalg.norm(center_of_mass(before) - center_of_mass(after)))
