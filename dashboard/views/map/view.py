"""The map of samples: colour, filter, lasso, look."""

from __future__ import annotations

import streamlit as st

from dashboard.shared import layout, state
from dashboard.shared.palette import STATES
from dashboard.shared.sample_panel.component import sample_panel
from dashboard.shared.thumbnail_grid.component import thumbnail_grid
from dashboard.study.open_study import Filter, OpenStudy
from dashboard.views.map.component import ClassLegend, ScoreLegend, sample_map
from dashboard.views.map.legend import coloured_by
from margin_core.study.samples import counted

COLOURS = {
    "given": "given label",
    "now": "label after review",
    "predicted": "looks like",
    "suspicion": "suspicion",
    "influence": "influence",
    "state": "review state",
    "split": "split",
    "margin": "signed margin",
    "typical": "typical and odd",
    "boundary": "torn between classes",
    "fragility": "fragile map",
}


def select_inside(opened: OpenStudy, mask: str | None) -> None:
    """Select what the newest lasso holds."""
    inside = opened.inside(state.told("map", "lasso")["polygon"], mask)
    state.select(opened.select(inside, "on the map") if len(inside) else None)


def select_class(opened: OpenStudy, channel: str, legend: ClassLegend | ScoreLegend) -> None:
    """Select the class or state whose entry in the legend was pressed."""
    if legend["kind"] == "classes":
        code = state.told("map", "legend")["class"]
        state.select(opened.select(opened.with_code(channel, code), legend["entries"][code]["name"]))


opened = state.opened()
study, classes = opened.study, layout.classes(opened)
names, kind = study.class_names, opened.pictures.kind

main, side = st.columns([5, 2], gap="medium")
channels = opened.channels
with main:
    title, colour, filters = st.columns([3, 2, 1], vertical_alignment="center")
    title.markdown("# Map", help="Near on the map is near in the features. Scores never use the map itself.")
    shown = colour.selectbox(
        "Colour",
        [name for name in COLOURS if name in channels],
        format_func=lambda name: f"Colour: {COLOURS[name]}",
        key=state.COLOUR,
        label_visibility="collapsed",
    )
    with filters.popover("Filter", width="stretch"):
        chosen = Filter(
            classes=tuple(st.multiselect("Given label", range(len(names)), format_func=names.__getitem__)),
            splits=tuple(st.multiselect("Split", opened.splits)) if opened.splits else (),
            states=tuple(st.multiselect("Review state", range(len(STATES)), format_func=lambda i: STATES[i][0])),
            lowest=st.slider("Suspicion at least", 0.0, 1.0, 0.0, 0.05),
            fragile=st.slider("Fragility at least", 0.0, 1.0, 0.0, 0.05) if "fragility" in channels else 0.0,
        )
    if not opened.has_map:
        layout.wait_for_map(opened)
    mask = opened.keep_mask(chosen)
    palette, legend = coloured_by(shown, COLOURS[shown], opened)
    # A gesture is answered before the page runs, so that it runs once, with the members already known.
    sample_map(
        opened.key, len(study), shown, palette, legend, classes,
        version=opened.version, mask=mask, selected=state.picked(), height=620, kind=kind, key="map",
        on_lasso=lambda: select_inside(opened, mask),
        on_picked=lambda: state.pick(state.told("map", "picked")["row"]),
        on_legend=lambda: select_class(opened, shown, legend),
    )  # fmt: skip

    key = state.selection()
    selection = opened.selection(key) if key else None
    if selection is None and state.picked() is not None:  # With no sample chosen, the panel beside says all this.
        st.caption("Draw a lasso or a box around points, or click a class, to list its samples here.")
    elif key is not None and selection is not None:
        said, review, clear = st.columns([4, 2, 1], vertical_alignment="center")
        said.markdown(f"**{counted(len(selection.rows), 'sample')}** {layout.plain(selection.title)}")
        if review.button("Review these", type="primary", disabled=not len(selection.rows), width="stretch"):
            state.review(key)
            st.switch_page(layout.REVIEW_VIEW)
        if clear.button("Clear", width="stretch"):
            state.select(None)
            st.rerun()
        thumbnail_grid(
            opened.key, key, len(selection.rows), opened.version, classes, state.picked(),
            kind=kind, key="grid", on_picked=lambda: state.pick(state.told("grid", "picked")["row"]),
        )  # fmt: skip
with side:
    asked = sample_panel(opened.key, state.picked(), classes, opened.version, kind=kind, key="panel")
    if asked.row is not None and state.is_new("panel", asked.seq):
        layout.answer_panel(opened, asked.action, asked.row)
