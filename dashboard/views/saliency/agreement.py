"""The heatmaps of one sample side by side: curves, and how far they agree."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from dashboard.study.open_study import OpenStudy
from dashboard.views.saliency.heatmap_store import heatmaps_of
from dashboard.views.saliency.query import SaliencyQuery
from margin_core.tasks.saliency.faithfulness import overlap, rank_correlation
from margin_core.tasks.saliency.fragility import top_k_size
from margin_core.tasks.saliency.methods.available import find_method
from margin_core.tasks.saliency.worker.request import SaliencyRequest
from margin_core.values import Doubles


def curves(opened: OpenStudy, query: SaliencyQuery) -> dict[str, tuple[Doubles, Doubles, Doubles]]:
    """Return shares, deletion and insertion curve of each method whose numbers are known, by its title."""
    store, probabilities = heatmaps_of(opened), heatmaps_of(opened).class_probabilities(query.row)
    if probabilities is None:
        return {}
    target = query.class_of(probabilities)
    found = {
        find_method(name).title: store.load(SaliencyRequest("metrics", query.row, name, target))
        for name in query.methods
    }
    return {
        title: (np.asarray(one["shares"]), np.asarray(one["deletion"]), np.asarray(one["insertion"]))
        for title, one in found.items()
        if one is not None
    }


@dataclass(frozen=True)
class Agreement:
    """How far the heatmaps of two methods agree on one sample.

    Attributes
    ----------
    one, other : str
        Titles of the methods.
    correlation : float
        Rank correlation over all pixels, in [-1, 1]; NaN where a heatmap is constant.
    in_common : float
        Share of the most important pixels (as many as `top_k_size` says) that both name, in [0, 1].
    """

    one: str
    other: str
    correlation: float
    in_common: float


def agreements(opened: OpenStudy, query: SaliencyQuery) -> list[Agreement]:
    """Compare the heatmaps of a sample that are made, each two of them, those that agree most first."""
    store, probabilities = heatmaps_of(opened), heatmaps_of(opened).class_probabilities(query.row)
    if probabilities is None:
        return []
    target = query.class_of(probabilities)
    found = {
        find_method(name).title: store.load(SaliencyRequest("heatmap", query.row, name, target))
        for name in query.methods
    }
    heatmaps = {title: np.asarray(one["heatmap"], dtype=np.float32) for title, one in found.items() if one is not None}
    compared = [
        Agreement(one, other, rank_correlation(heatmaps[one], heatmaps[other]),
                  overlap(heatmaps[one], heatmaps[other], top_k_size(heatmaps[one].size)))
        for one, other in combinations(heatmaps, 2)
    ]  # fmt: skip
    return sorted(compared, key=lambda two: -two.in_common)
