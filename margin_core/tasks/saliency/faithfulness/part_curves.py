"""Deletion and insertion for a row or a text, part by part."""

from __future__ import annotations

import numpy as np

from margin_core.tasks.saliency.faithfulness.agreement import rank_places
from margin_core.tasks.saliency.faithfulness.deletion_insertion import FaithfulnessCurve
from margin_core.tasks.saliency.masking import MaskedSample
from margin_core.values import Floats, Ints

MAX_STEPS = 28
"""Steps of a curve, at most."""


def compute_part_curves(
    sample: MaskedSample, heatmap: Floats, target: int
) -> tuple[FaithfulnessCurve, FaithfulnessCurve]:
    """Compute the probability as the most important parts are deleted first, and as they are inserted first.

    Parameters
    ----------
    sample : MaskedSample
    heatmap : float array (places,)
        Larger = more important.
    target : int
        The class whose probability is followed.

    Returns
    -------
    deletion : FaithfulnessCurve
        Smaller area = more faithful.
    insertion : FaithfulnessCurve
        Larger area = more faithful.
    """
    order: Ints = rank_places(heatmap)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    ends = np.unique(np.rint(np.linspace(0, len(order), min(MAX_STEPS, len(order)) + 1)).astype(np.int64))
    visible = rank[None] >= ends[:, None]
    probabilities = sample.probabilities(np.concatenate([visible, ~visible]))[:, target]
    shares = ends / len(order)
    return (
        FaithfulnessCurve(shares, probabilities[: len(ends)]),
        FaithfulnessCurve(shares, probabilities[len(ends) :]),
    )
