"""The charts of the page: bars or pixels of importance, shuffle curves, and what goes together."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from dashboard.shared import cached, layout
from dashboard.study.open_study import OpenStudy
from dashboard.views.variable_importance import wording
from dashboard.views.variable_importance.data import LEFT_OUT, Grouping, agreements, correlations_of
from margin_core.figures.variables import correlation_map, importance_bars, importance_map, shuffle_curves
from margin_core.tasks.variable_importance.importance import Importance
from margin_core.tasks.variable_importance.shuffle_curve import RANDOM, ShuffleCurves
from margin_core.values import Doubles, Ints

MAX_BARS = 20
STATIC = {"displayModeBar": False}


def show_pixels(opened: OpenStudy, found: Importance, values: Doubles, measure: str, place: int, patch: int) -> None:
    """Show the importance of every pixel, or square of pixels, where it lies."""
    width = -(-opened.study.inputs.shape[2] // patch)
    effects = found.of_most(found.effects)
    chart = cached.figure(
        "importance_map", (opened.key, measure, place, patch), lambda: importance_map(values, effects, width)
    )
    st.plotly_chart(chart, config=STATIC)


def show_bars(
    opened: OpenStudy, found: Importance, order: Ints, values: Doubles, measure: str, grouping: Grouping, key: Any
) -> None:
    """Show the first variables as bars; a click on one leaves it out."""
    shown = order[:MAX_BARS]
    is_one_class = len(found.classes) == 1
    effects = found.effects[0][shown] if is_one_class else None
    # A color is that of an effect, which is of one value of a category.
    names = [
        str(column if is_one_class and grouping.members(name) == (name,) else name)
        for name, column in zip(found.names[shown].tolist(), found.columns[0][shown], strict=True)
    ]
    equal = 1 / len(found.names) if measure == "importance" else None
    chart = cached.figure(
        "importance", (opened.key, measure, *key),
        lambda: importance_bars(names, values[shown], effects, title=wording.AXES[measure], equal=equal),
    )  # fmt: skip
    event = st.plotly_chart(
        chart, key=f"bars {measure} {key}", on_select="rerun", selection_mode="points", config=STATIC
    )
    clicked = [str(found.names[shown[point["point_index"]]]) for point in event["selection"]["points"]]
    if clicked:
        LEFT_OUT.set(tuple(dict.fromkeys((*LEFT_OUT.get(), *clicked))))
        st.rerun()


def show_together(opened: OpenStudy, found: Importance, order: Ints, measure: str, key: Any) -> None:
    """Show which of the first variables go together."""
    shown = order[:MAX_BARS]
    names = [str(name) for name in found.names[shown]]
    chart = cached.figure(
        "variables_together", (opened.key, measure, *key), lambda: correlation_map(names, correlations_of(found, shown))
    )
    st.plotly_chart(chart, config=STATIC, key=f"together {measure} {key}")
    st.caption(wording.TOGETHER_HELP)


def show_curves(opened: OpenStudy, whole: Importance, curves: ShuffleCurves, measure: str) -> None:
    """Show which ranking has what the network depends on first, and how far the others agree with the chosen one."""
    names, rows = curves.names.tolist(), range(len(curves.names))
    chance = names.index(RANDOM)
    accuracy = {wording.MEASURES[names[row]]: curves.accuracy[row] for row in rows if row != chance}
    chart = cached.figure(
        "shuffle_curves", opened.key,
        lambda: shuffle_curves(
            curves.shuffled, accuracy, (curves.accuracy[chance], curves.low[chance], curves.high[chance])
        ),
    )  # fmt: skip
    st.plotly_chart(chart, config=STATIC)
    st.caption(wording.CURVES_HELP)
    agreed = agreements(whole, measure)
    if agreed:
        st.caption(layout.plain(wording.agreement(measure, agreed)))


def has_correlations(found: Importance) -> bool:
    """Return whether there is anything that could go together."""
    return len(found.names) > 1 and not np.isnan(found.points).all()
