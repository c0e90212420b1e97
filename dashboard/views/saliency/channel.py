"""The map colored and filtered by how fragile the heatmap of each sample is."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard.shared.channels import Channel, MapFilter, Scale, score_bytes
from dashboard.shared.wording import lower_first
from dashboard.study.open_study import OpenStudy
from dashboard.views.saliency import wording
from dashboard.views.saliency.fragility_ranking import fragility_of, fragility_range, has_fragility
from margin_core.figures.palette import score_colors
from margin_core.values import Doubles


def _fragility(opened: OpenStudy) -> Doubles:
    values = fragility_of(opened)
    assert values is not None  # or there is no such channel, and no such filter
    return values


def _bytes(opened: OpenStudy) -> NDArray[np.uint8]:
    values = _fragility(opened)
    low, high = fragility_range(values)
    return score_bytes((values - low) / max(high - low, np.finfo(float).tiny))


def _legend(opened: OpenStudy) -> Scale:
    low, high = (f"{share:.0%} replaced" for share in fragility_range(_fragility(opened)))
    return Scale(low, high, score_colors())


CHANNELS = (Channel("fragility", "fragility of the heatmap", _bytes, _legend, is_available=has_fragility),)
FILTERS = (
    MapFilter(
        "fragility",
        lambda opened, key: st.slider(wording.FRAGILITY_AT_LEAST, 0.0, 1.0, 0.0, 0.05, key=key),
        lambda opened, lowest: _fragility(opened) >= lowest,
        lambda opened, lowest: f"{lower_first(wording.FRAGILITY_AT_LEAST)} {lowest:g}",
        is_available=has_fragility,
    ),
)
