"""The table of all variables, and what can be done with the one that is chosen."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from dashboard.shared import layout, navigation, state
from dashboard.shared.column_channels import channel_of_column, influence_channel
from dashboard.study.open_study import OpenStudy
from dashboard.views.variable_importance import wording
from dashboard.views.variable_importance.data import LEFT_OUT, Grouping, related_to, samples_with_word
from margin_core.tasks.variable_importance.importance import CREDIBLE, Importance
from margin_core.values import Ints

MAX_ROWS = 1_000
"""Rows of the table; a study of texts has 20,000 words."""


def show_table(opened: OpenStudy, found: Importance, order: Ints, kind: str, grouping: Grouping) -> None:
    """List the variables with their effects; above them stands what can be done with the chosen one."""
    order = order[:MAX_ROWS]
    st.markdown(f"## {wording.TABLE}")
    actions = st.container(horizontal=True)  # Buttons wrap where names are long.
    table = st.dataframe(
        _lines(opened, found, order, kind), column_config=_columns(), hide_index=True, key="variables",
        on_select="rerun", selection_mode="single-row",
    )  # fmt: skip
    chosen = table["selection"]["rows"][:1]
    if not chosen and kind != "pixels":
        actions.caption(wording.choose_line(kind))
    for line in chosen:
        with actions:
            _offer(opened, str(found.names[order[line]]), kind, grouping)


def _offer(opened: OpenStudy, name: str, kind: str, grouping: Grouping) -> None:
    if kind == "words" and st.button(layout.plain(wording.show_samples(name)), type="primary"):
        navigation.show_on_map(opened, samples_with_word(opened, *grouping.members(name)), wording.samples_with(name))
    channel = channel_of_column(opened, name)
    if channel is not None and st.button(layout.plain(wording.color_by(name)), type="primary"):
        state.choose_color(channel)
        navigation.open_page("map")
    influence = influence_channel(opened, name)
    if influence is not None and st.button(layout.plain(wording.influence_of(name)), help=wording.INFLUENCE_HELP):
        state.choose_color(influence)
        navigation.open_page("map")
    if kind != "pixels" and st.button(layout.plain(wording.leave_out(name))):
        LEFT_OUT.set(tuple(dict.fromkeys((*LEFT_OUT.get(), name))))
        st.rerun()


def _lines(opened: OpenStudy, found: Importance, order: Ints, kind: str) -> list[dict[str, Any]]:
    effect, deviation = found.of_most(found.effects), found.of_most(found.deviations)
    low, high = effect - CREDIBLE * deviation, effect + CREDIBLE * deviation
    column, of_class = found.of_most(found.columns), found.classes[found.most]
    inflation = found.of_most(found.inflation)
    lines = [
        {
            wording.NAME: str(found.names[place]),
            wording.IMPORTANCE: 100 * found.mean[place],
            wording.OF_COLUMN: str(column[place]),
            wording.EFFECT: effect[place],
            wording.INTERVAL: f"{low[place]:.3g} to {high[place]:.3g}",
            wording.OF_CLASS: opened.study.class_names[of_class[place]],
            wording.INFLATION: inflation[place],
            wording.PERMUTATION: found.permutation[place],
            wording.FOREST: found.forest[place],
            wording.BOOSTING: found.boosting[place],
            wording.SHAP: found.shap[place],
            wording.CORRELATION: found.correlation[place],
            wording.RELATED: related,
        }
        for place, related in zip(order.tolist(), related_to(found, order), strict=True)
    ]
    unknown = {
        wording.PERMUTATION: np.isnan(found.permutation).all(),
        wording.FOREST: np.isnan(found.forest).all(),
        wording.BOOSTING: np.isnan(found.boosting).all(),
        wording.SHAP: np.isnan(found.shap).all(),
        wording.RELATED: kind in ("pixels", "features"),
        wording.OF_CLASS: len(found.classes) == 1,
        wording.OF_COLUMN: (column == found.names).all(),
    }
    return [{name: value for name, value in line.items() if not unknown.get(name, False)} for line in lines]


def _columns() -> dict[str, Any]:
    formats = {
        wording.IMPORTANCE: "%.2f %%", wording.EFFECT: "%.3g", wording.INFLATION: "%.1f", wording.PERMUTATION: "%.3f",
        wording.FOREST: "%.3f", wording.BOOSTING: "%.3f", wording.SHAP: "%.3f", wording.CORRELATION: "%.2f",
    }  # fmt: skip
    columns: dict[str, Any] = {
        name: st.column_config.NumberColumn(format=format, help=wording.COLUMN_HELP[name])
        for name, format in formats.items()
    }
    for name in (wording.OF_CLASS, wording.RELATED, wording.OF_COLUMN):
        columns[name] = st.column_config.TextColumn(help=wording.COLUMN_HELP[name])
    return columns
