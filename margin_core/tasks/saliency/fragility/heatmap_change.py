"""How far a map has changed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from margin_core.tasks.saliency.faithfulness import overlap, rank_correlation
from margin_core.values import Doubles, Floats

SHARE, MOST = 0.1, 1_000
"""The most important pixels are a tenth of all, no more than 1,000: what the paper takes of 32 and of 227 pixels."""


@dataclass(frozen=True)
class Change:
    """Three measures of how alike two maps of one picture are.

    Attributes
    ----------
    top_k : float
        Share of the most important pixels in common, in [0, 1]; 1 = the same, smaller = more fragile.
    correlation : float
        Spearman's rank correlation, in [-1, 1]; smaller = more fragile; NaN where a map is constant.
    shift : float
        Distance of the centres of mass in pixels, 0 or more; larger = more fragile; NaN where a map is empty.
    """

    top_k: float
    correlation: float
    shift: float


def change(before: Floats, after: Floats, k: int | None = None) -> Change:
    """Compare two maps (h, w), by default in the most important tenth of their pixels (at most 1,000)."""
    k = top_k_size(before.size) if k is None else k
    return Change(overlap(before, after, k), rank_correlation(before, after), center_shift(before, after))


def top_k_size(pixels: int) -> int:
    """Say how many pixels count as the most important ones."""
    return min(max(round(SHARE * pixels), 1), MOST)


def centre(heatmap: Floats) -> Doubles:
    r"""Give the centre of mass :math:`\sum_q R_q (i_q, j_q)` of a map brought to the sum 1; NaN of an empty one."""
    values = heatmap.astype(np.float64)
    total = float(values.sum())
    if total == 0:
        return np.full(2, np.nan)
    rows, columns = np.arange(values.shape[0]), np.arange(values.shape[1])
    return np.array([values.sum(axis=1) @ rows, values.sum(axis=0) @ columns]) / total


def center_shift(before: Floats, after: Floats) -> float:
    """Give the distance between the centres of mass of two maps, in pixels."""
    return float(np.linalg.norm(centre(before) - centre(after)))
