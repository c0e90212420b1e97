"""How fragile the heatmap of every sample is: computed over the whole study by a job."""

from __future__ import annotations

import numpy as np

from dashboard.study.open_study import OpenStudy
from dashboard.views.saliency.query import can_measure_fragility
from margin_core.tasks import ContextualOutliers
from margin_core.values import Doubles, Explanation, Ints

FRAGILITY = ContextualOutliers(column="fragility")
"""How much small changes replace of each sample's heatmap, and where that is not as in the samples around it."""

COLOR_QUANTILES = 0.02, 0.98
"""Between these the colors of the map run: few samples lie outside."""


def fragility_answer(opened: OpenStudy) -> Explanation | None:
    """Return the ranking by how unusual a sample's fragility is among its neighbors; None until it is computed."""
    return opened.answer(FRAGILITY) if can_measure_fragility(opened.study) else None


def has_fragility(opened: OpenStudy) -> bool:
    """Return whether the fragility of every sample is computed."""
    return fragility_answer(opened) is not None


def fragility_of(opened: OpenStudy) -> Doubles | None:
    """Return the share of each sample's heatmap (n,) that small changes replace, NaN where unknown; None until then."""
    found = fragility_answer(opened)
    if found is None:
        return None
    values = np.full(len(opened.study), np.nan)
    values[found.rows] = found.findings.evidence["value"]
    return values


def fragility_range(values: Doubles) -> tuple[float, float]:
    """Return the fragility at which the colors of the map begin and end."""
    known = values[np.isfinite(values)]
    low, high = np.quantile(known, COLOR_QUANTILES) if len(known) else (0.0, 1.0)
    return float(low), float(high)


def most_fragile(values: Doubles, limit: int) -> Ints:
    """Select the samples with the largest fragility, the most fragile first."""
    order: Ints = np.argsort(-values, kind="stable")
    return order[np.isfinite(values[order])][:limit]


def unusually_fragile(found: Explanation, limit: int) -> Ints:
    """Select the samples that are more fragile than their neighbors predict, the least expected first."""
    return found.rows[found.findings.evidence["difference"] > 0][:limit]
