"""The map of samples: color, filter, lasso, look."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard.shared import layout, navigation, state
from dashboard.shared import wording as shared_wording
from dashboard.shared.background import wait_for_map
from dashboard.shared.channels import Channel
from dashboard.shared.sample_panel.panel import show_picked_sample
from dashboard.shared.thumbnail_grid.component import thumbnail_grid
from dashboard.study.open_study import OpenStudy
from dashboard.study.selections import Selection, keep_selection, selection_of
from dashboard.views.map import MAP, wording
from dashboard.views.map.component import ClassLegend, ScoreLegend, sample_map
from dashboard.views.map.data import (
    available_channels,
    available_filters,
    keep_mask,
    mask_of,
    palette_and_legend,
    rows_inside,
    rows_with_code,
)
from margin_core.values import UNLABELED

CLEARED = state.Remembered[int]("filters_cleared", 0)
"""How often the filters were cleared: it is part of their keys, and a widget of a new key asks for everything."""


def select_inside(opened: OpenStudy, mask: str | None) -> None:
    """Select the samples inside the newest lasso."""
    inside = rows_inside(opened, state.event("map", "lasso")["polygon"], mask)
    state.SELECTION.set(keep_selection(opened, inside, wording.INSIDE_LASSO) if len(inside) else None)


def select_class(opened: OpenStudy, channel: Channel, legend: ClassLegend | ScoreLegend) -> None:
    """Select the class whose entry in the legend was pressed."""
    if legend["kind"] == "classes":
        code = state.event("map", "legend")["label"]
        rows = rows_with_code(opened, channel, code)
        state.SELECTION.set(keep_selection(opened, rows, legend["entries"][code]["name"]))


def show_filter(conditions: Sequence[str], matching: NDArray[np.uint8]) -> None:
    """Show above the map which samples stand out, and offer to show all again: the filter itself is folded away."""
    words, clear = st.columns([5, 1.5], vertical_alignment="center")
    words.caption(layout.plain(wording.filtered(conditions, int(matching.sum()), len(matching))))
    if clear.button(wording.CLEAR_FILTER, help=wording.CLEAR_FILTER_HELP, icon=":material/close:", width="stretch"):
        CLEARED.set(CLEARED.get() + 1)
        st.rerun()


def review_words(opened: OpenStudy, selection: Selection) -> str:
    """Return what the button is called that leads to the review of a selection."""
    has_labels = bool((opened.session.labels[selection.rows] != UNLABELED).any())
    return wording.REVIEW_THESE if has_labels or not len(selection.rows) else wording.LABEL_THESE


def show_selection(opened: OpenStudy) -> None:
    """List the selected samples under the map."""
    key = state.SELECTION.get()
    selection = selection_of(opened, key)
    if key is None or selection is None:
        if state.PICKED.get() is not None:  # With no sample picked, the panel beside says all this.
            st.caption(wording.HINT)
        return
    title, review, clear = st.columns([4, 2, 1], vertical_alignment="center")
    title.markdown(wording.selected(len(selection.rows), layout.plain(selection.title)))
    if not opened.has_scores or not opened.session.n_labeled:  # The review has no evidence without any label.
        if review.button(shared_wording.LABEL_SAMPLES, type="primary", width="stretch"):
            navigation.open_page("label-next")
    elif review.button(
        review_words(opened, selection), type="primary", disabled=not len(selection.rows), width="stretch"
    ):
        state.REVIEWED.set(key)
        navigation.open_page("review")
    if clear.button(wording.CLEAR, width="stretch"):
        state.SELECTION.set(None)
        st.rerun()
    thumbnail_grid(
        opened.key, key, len(selection.rows), opened.version, layout.classes(opened), state.PICKED.get(),
        kind=opened.pictures.kind, key="grid", on_picked=lambda: state.PICKED.set(state.event("grid", "picked")["row"]),
    )  # fmt: skip


opened = state.opened()
main, side = st.columns([5, 2], gap="medium")
with main:
    title, color, filters = st.columns([2, 3, 1.5], vertical_alignment="center")
    with title:
        layout.heading(MAP)
    now = state.chosen_color()
    channels = {name: one for name, one in available_channels(opened).items() if not one.is_on_demand or name == now}
    shown = color.selectbox(
        wording.COLOR,
        list(channels),
        format_func=lambda name: wording.colored_by(channels[name].title),
        key=state.COLOR,
        label_visibility="collapsed",
    )
    with filters.popover(wording.FILTER, width="stretch"):
        asked = available_filters(opened)
        chosen = {name: one.ask(opened, f"filter {name} {CLEARED.get()}") for name, one in asked.items()}
    if opened.positions is None:
        wait_for_map(opened)
    mask = keep_mask(opened, chosen)
    matching = mask_of(opened, mask) if mask else None
    if matching is not None:
        show_filter([one.words(opened, chosen[name]) for name, one in asked.items() if chosen[name]], matching)
    channel = channels[shown]
    palette, legend = palette_and_legend(opened, channel)
    # A gesture is handled before the page runs, so that it runs once, with the members already known.
    sample_map(
        opened.key, len(opened.study), shown, palette, legend, layout.classes(opened),
        version=opened.version, mask=mask, selected=state.PICKED.get(), kind=opened.pictures.kind, key="map",
        has_list=selection_of(opened, state.SELECTION.get()) is not None,
        on_lasso=lambda: select_inside(opened, mask),
        on_picked=lambda: state.PICKED.set(state.event("map", "picked")["row"]),
        on_legend=lambda: select_class(opened, channel, legend),
    )  # fmt: skip
    show_selection(opened)
with side:
    show_picked_sample(opened, wording.GESTURES)
