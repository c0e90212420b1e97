"""Which variables matter: bars, the effects behind them, and what remains once some are left out."""

from __future__ import annotations

import math

import numpy as np
import streamlit as st

from dashboard.shared import layout, state
from dashboard.shared.background import require_answer
from dashboard.views.variable_importance import VARIABLE_IMPORTANCE, wording
from dashboard.views.variable_importance.charts import (
    MAX_BARS,
    has_correlations,
    show_bars,
    show_curves,
    show_pixels,
    show_together,
)
from dashboard.views.variable_importance.controls import choose_groups, choose_left_out, choose_patch
from dashboard.views.variable_importance.data import (
    ALONE,
    TASK,
    chosen_grouping,
    class_effects_of,
    curves_of,
    importance_of,
)
from dashboard.views.variable_importance.table import show_table
from margin_core.tasks.variable_importance.rate import compute_inequality
from margin_core.values import UNLABELED

NEARLY_THE_LABEL = 0.95
"""Absolute correlation with a class from which a variable may have been written from the label."""


opened = state.opened()
title, class_place, measure_place = st.columns([4, 2, 2], vertical_alignment="bottom")
with title:
    layout.heading(VARIABLE_IMPORTANCE)
require_answer(TASK, opened)
grouping = chosen_grouping(class_effects_of(opened).variables)
with st.spinner(wording.GROUPING):
    effects = class_effects_of(opened, grouping)
class_names = [opened.study.class_names[number] for number in effects.classes.tolist()]
# Of two classes, what is evidence for one is evidence against the other: there is no mean to show.
choices = range(-1 if len(class_names) > 2 else 0, len(class_names))
place = class_place.selectbox(
    wording.CLASS, choices, index=len(choices) - 1 if len(class_names) == 2 else 0, help=wording.CLASS_HELP,
    format_func=lambda place: wording.ALL_CLASSES if place < 0 else class_names[place],
)  # fmt: skip
variables = effects.variables
whole = importance_of(opened, (), grouping)
measure = measure_place.selectbox(
    wording.MEASURE, list(whole.measures()), format_func=wording.MEASURES.__getitem__, help=wording.MEASURE_HELP
)
if not variables.names:
    st.info(wording.NO_VARIABLES)
    st.stop()
right, commonest = whole.accuracy.tolist()
has_network = not np.isnan(right)
if right <= commonest:
    st.warning(wording.no_better_than_chance(right, commonest))
if suspicious := whole.names[whole.correlation >= NEARLY_THE_LABEL].tolist():
    st.warning(layout.plain(wording.nearly_the_label(suspicious)))
left_out: tuple[str, ...] = ()
if variables.kind == "pixels":
    choose_patch(opened.study.inputs.shape[2])
else:
    assumed, together = st.columns([4, 1], vertical_alignment="bottom")
    with together:
        choose_groups(whole, grouping)
    with assumed:
        left_out = choose_left_out(whole)
found = importance_of(opened, left_out, grouping)
if not len(found.names):
    st.info(wording.ALL_LEFT_OUT)
    st.stop()
if left_out and measure != "importance":
    st.caption(wording.only_centrality(wording.MEASURES[measure]))
if place >= 0:
    found = found.of_class(place)
values = found.mean if measure == "importance" else found.measures().get(measure, np.zeros(len(found.names)))
order = np.argsort(-values, kind="stable")
m, key = len(found.names), (place, left_out, grouping)
curves = curves_of(opened)
bars, beside = st.columns(2, gap="large")
with bars:
    st.markdown(f"## {wording.MEASURES[measure]}", help=wording.MEASURES_HELP[measure])
    if m and measure == "importance":
        equally = max(round(m * math.exp(-compute_inequality(found.mean)[0])), 1)
        st.markdown(wording.spread(equally, int((found.mean > 1 / m).sum()), m, variables.kind))
    if variables.kind == "pixels":
        show_pixels(opened, found, values, measure, place, grouping.patch)
    else:
        show_bars(opened, found, order, values, measure, grouping, key)
    if m > MAX_BARS and variables.kind != "pixels":
        st.caption(wording.shown_of(MAX_BARS, m))
    if len(found.classes) == 1:
        legend = wording.legend(opened.study.class_names[found.classes[0]], variables.kind)
        st.caption(layout.plain(legend))
    labeled = int((opened.study.labels != UNLABELED).sum())
    source = wording.estimated_from(effects.samples, labeled, "network" if has_network else "embedding")
    if right > commonest:
        source = f"{source} {wording.accuracy(right, commonest)}"
    st.caption(layout.plain(source))
has_curves, has_related = len(curves.shuffled) > 0, variables.kind != "pixels" and has_correlations(found)
if has_curves or has_related:
    offered = [wording.CURVES] * has_curves + [wording.TOGETHER] * has_related
    tabs = dict(zip(offered, beside.tabs(offered), strict=True))
    if has_curves:
        with tabs[wording.CURVES]:
            show_curves(opened, whole, curves, measure)
            if grouping != ALONE:
                st.caption(wording.CURVES_ALONE)
    if has_related:
        with tabs[wording.TOGETHER]:
            show_together(opened, found, order, measure, key)
show_table(opened, found, order, variables.kind, grouping)
