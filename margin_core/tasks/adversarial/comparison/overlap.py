"""The histograms of a score for clean and attacked samples, and which clean samples look attacked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from margin_core.values import Doubles


@dataclass(frozen=True, eq=False)
class Overlap:
    """Two histograms over the same bins, and what they have in common.

    Attributes
    ----------
    edges : float array (b + 1,)
    clean, attacked : float array (b,)
        The share of the clean, and of the attacked samples in each bin; each sums to 1.
    share : float
        The smaller of both, summed over the bins, in [0, 1]: 0 = apart, 1 = the same. NaN where either is missing.
    threshold : float
        The score from which on most attacked and fewest clean samples lie (largest difference of shares, Youden's J).
        NaN also where clean samples score at least as high as attacked ones everywhere.
    looks_attacked : bool array (m,)
        Clean samples that score at least as high: those in the overlap.
    """

    edges: Doubles
    clean: Doubles
    attacked: Doubles
    share: float
    threshold: float
    looks_attacked: NDArray[np.bool_]


def measure_overlap(scores: Doubles, attacked: NDArray[np.bool_], bins: int = 40) -> Overlap:
    """Compute the histograms of a score, their overlap, and the clean samples in it.

    Parameters
    ----------
    scores : float array (m,)
        Larger = more likely attacked; samples without a score (NaN) are left out.
    attacked : bool array (m,)
        Whether each is attacked.
    bins : int
        Of equal width, from the smallest to the largest score.

    Returns
    -------
    Overlap
    """
    known = np.isfinite(scores)
    groups = scores[known & ~attacked], scores[known & attacked]
    nobody = np.zeros(len(scores), dtype=bool)
    if not len(groups[0]) or not len(groups[1]):
        edges = np.histogram_bin_edges(scores[known], bins) if known.any() else np.linspace(0, 1, bins + 1)
        clean, found = (np.histogram(one, edges)[0] / max(len(one), 1) for one in groups)
        return Overlap(edges, clean, found, np.nan, np.nan, nobody)
    edges = np.histogram_bin_edges(scores[known], bins)
    clean, found = (np.histogram(one, edges)[0] / len(one) for one in groups)
    places = np.unique(scores[known])
    caught = [1 - np.searchsorted(np.sort(one), places, side="left") / len(one) for one in groups]
    apart = caught[1] - caught[0]
    if apart.max() <= 0:  # The best is to call all of them attacked: the score separates nothing upward.
        return Overlap(edges, clean, found, float(np.minimum(clean, found).sum()), np.nan, nobody)
    threshold = float(places[int(np.argmax(apart))])
    looks_attacked = known & ~attacked & (np.where(known, scores, -np.inf) >= threshold)
    return Overlap(edges, clean, found, float(np.minimum(clean, found).sum()), threshold, looks_attacked)
