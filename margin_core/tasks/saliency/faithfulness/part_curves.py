"""Deletion and insertion for a row or a text, part by part."""

from __future__ import annotations

import numpy as np

from margin_core.tasks.saliency.faithfulness import Curve
from margin_core.tasks.saliency.faithfulness.agreement import most_important_first
from margin_core.tasks.saliency.masking import MaskedSample
from margin_core.values import Floats, Ints

STEPS = 28
"""Steps of a curve, at most."""


def compute_part_curves(sample: MaskedSample, heatmap: Floats, target: int) -> tuple[Curve, Curve]:
    """Hide the most important parts first, and show them first; see `margin_core.tasks.saliency.faithfulness.deletion`.

    Parameters
    ----------
    sample : MaskedSample
    heatmap : float array (places,)
        Larger = more important.
    target : int

    Returns
    -------
    Curve, Curve
        Deletion (smaller area = more faithful) and insertion (larger = more faithful).
    """
    order: Ints = most_important_first(heatmap)
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    ends = np.unique(np.rint(np.linspace(0, len(order), min(STEPS, len(order)) + 1)).astype(np.int64))
    shown = place[None] >= ends[:, None]
    asked = sample.probabilities(np.concatenate([shown, ~shown]))[:, target]
    shares = ends / len(order)
    return Curve(shares, asked[: len(ends)]), Curve(shares, asked[len(ends) :])
