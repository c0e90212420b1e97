"""The samples between two classes of the model, from the one to the other, and a slice of its decision surface."""

from __future__ import annotations

import streamlit as st

from dashboard.shared import cached, layout, navigation, state
from dashboard.shared.background import BackgroundJob, require_answer
from dashboard.shared.sample_panel.panel import show_picked_sample
from dashboard.study.open_study import OpenStudy
from dashboard.views.decision_boundary import DECISION_BOUNDARY, wording
from dashboard.views.decision_boundary.component import boundary_samples
from dashboard.views.decision_boundary.data import RANKINGS, Boundary, Pair, boundary_of
from dashboard.views.decision_boundary.slice import SLICED, Corners, default_corners, pins_of, slice_of, with_corner
from margin_core.errors import MarginError, NotComputed
from margin_core.figures.boundary_slice import slice_picture
from margin_core.tasks.decision_boundary.slice import slice_spaces


def show_slice(opened: OpenStudy, found: Boundary, pair: Pair) -> None:
    """Show a slice, and let the user choose what it goes through."""
    study, spaces = opened.study, slice_spaces(opened.study)
    default, chosen = default_corners(study, found, pair), SLICED.get()
    # A slice chosen for another pair is forgotten.
    corners = chosen[1] if chosen is not None and chosen[0] == pair else default
    if corners is None or not spaces:
        st.caption(wording.NO_SLICE)
        return
    title, choice = st.columns(2, vertical_alignment="center")
    title.markdown(f"## {wording.SLICE}", help=wording.SLICE_HELP)
    of = spaces[0]
    if len(spaces) > 1:
        of = choice.container(horizontal_alignment="right").segmented_control(
            wording.MIXED_LABEL, list(spaces), default=of, format_func=wording.MIXED.__getitem__, required=True,
            key="mixed", label_visibility="collapsed",
        ) or of  # fmt: skip
    if of == "inputs":
        layout.model_note(opened)
    choose_corners(opened, pair, corners, default)
    draw_slice(opened, pair, corners, of)


def choose_corners(opened: OpenStudy, pair: Pair, corners: Corners, default: Corners | None) -> None:
    """Offer the picked sample as one of the three, and the way back."""
    picked = state.PICKED.get()
    places = st.columns(4)
    if picked is not None and picked not in corners:
        for number, corner in enumerate(wording.CORNERS):
            words = wording.corner_button(opened.study.ids[picked], corner)
            if places[number].button(layout.plain(words), key=f"corner_{number}", width="stretch"):
                SLICED.set((pair, with_corner(corners, number, picked)))
                st.rerun()
    if default not in (corners, None) and places[3].button(wording.USUAL_CORNERS, key="usual", width="stretch"):
        SLICED.set(None)
        st.rerun()


def draw_slice(opened: OpenStudy, pair: Pair, corners: Corners, of: str) -> None:
    """Draw a slice; where a model was not asked yet, offer to ask it in the background."""
    job = BackgroundJob("slice", "--space", of, *(f"--sample={opened.study.ids[row]}" for row in corners))
    try:
        found = slice_of(opened, corners, of)
    except NotComputed:
        if job.is_running:
            job.follow()
            return
        job.show_failure()
        st.caption(wording.SLICE_COST)
        if st.button(wording.DRAW_SLICE, type="primary"):
            job.start()
    except MarginError as error:
        st.info(layout.for_browser(str(error)))
    else:
        names = opened.study.class_names
        chart = cached.figure(
            "slice", (opened.key, pair, corners, of),
            lambda: slice_picture(found, pair, names, pins_of(opened, found)),
        )  # fmt: skip
        st.plotly_chart(chart, key="slice", config={"displayModeBar": False})
        st.caption(wording.slice_caption(found, opened.study))


opened = state.opened()
study = opened.study
main, side = st.columns([5, 2], gap="medium")
title, choice = main.columns([3, 2], vertical_alignment="center")
with title:
    layout.heading(DECISION_BOUNDARY)
order = choice.container(horizontal_alignment="right").segmented_control(
    wording.ORDERS_LABEL, list(wording.ORDERS), default="boundary", format_func=wording.ORDERS.__getitem__,
    required=True, key="boundary_view", label_visibility="collapsed",
) or "boundary"  # fmt: skip
task = RANKINGS[order]
with main:
    require_answer(task, opened)
found = boundary_of(opened, order)
assert found is not None  # it is computed
chosen = state.PAIR.get()
pair = chosen if chosen in found.pairs else next(iter(found.pairs), None)

with main:
    notes = (wording.order_caption(task, study), *task.notes(study, found.predicted))
    st.caption(" ".join(map(layout.plain, notes)))
    events = boundary_samples(
        opened.key, order, pair, layout.classes(opened), state.PICKED.get(), kind=opened.pictures.kind, key="boundary",
        on_pair=lambda: state.choose_pair(*state.event("boundary", "pair")["pair"]),
        on_picked=lambda: state.PICKED.set(state.event("boundary", "picked")["row"]),
    )  # fmt: skip
    if events.action is not None and pair is not None and state.is_new("boundary", events.seq):
        if events.action == "counterfactual":
            state.PICKED.set(events.row)
            navigation.open_page("counterfactuals")
        rows = found.between(pair, events.first)
        words = wording.between_classes(*(study.class_names[one] for one in pair))
        if events.action == "map":
            navigation.show_on_map(opened, rows, words)
        navigation.review_samples(opened, rows, words)
    if pair is not None:
        show_slice(opened, found, pair)
with side:
    show_picked_sample(opened, wording.GESTURES)
