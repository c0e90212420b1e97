"""Where the model is torn between two classes: a film from the one to the other, and a slice of what it says."""

from __future__ import annotations

import streamlit as st

from dashboard.shared import cached, layout, state
from dashboard.shared.sample_panel.component import sample_panel
from dashboard.study.jobs import is_running
from dashboard.study.open_study import OpenStudy
from dashboard.study.registry import DESK
from dashboard.views.decision_boundary.component import boundary_film
from dashboard.views.decision_boundary.data import (
    VIEWS,
    Boundary,
    Corners,
    Pair,
    notes_of,
    said_in_words,
    slice_in_words,
    usual_plane,
    with_corner,
)
from margin_core.errors import MarginError, NotComputed
from margin_core.tasks.decision_boundary.slice import slice_spaces

SHOWN = {"boundary": "Torn", "errors": "Against the label"}
MIXED = {"inputs": "the samples, by your model", "embedding": "their features, by a linear model"}
CORNERS = ("left", "right", "top")


def show_slice(opened: OpenStudy, found: Boundary, pair: Pair) -> None:
    """Show a slice, and let the user choose what it goes through."""
    study, spaces = opened.study, slice_spaces(opened.study)
    usual = usual_plane(study, found, pair)
    corners = state.corners() or usual
    if corners is None or not spaces:
        st.caption("A slice takes a sample between two classes and a sure one of each. This pair has none.")
        return
    title, choice = st.columns([2, 3], vertical_alignment="center")
    title.markdown(
        "## A slice of the boundary",
        help="The plane through three samples, and what is said everywhere on it: blue the first class, orange the "
        "second, a line where neither is likelier, grey where a third one is.",
    )
    of = spaces[0]
    if len(spaces) > 1:
        of = choice.segmented_control(
            "Mixed are", list(spaces), default=of, format_func=MIXED.__getitem__, required=True, key="mixed",
            label_visibility="collapsed",
        ) or of  # fmt: skip
    choose_corners(opened, corners, usual)
    draw(opened, pair, corners, of)


def choose_corners(opened: OpenStudy, corners: Corners, usual: Corners | None) -> None:
    """Offer the sample looked at as one of the three, and the way back."""
    picked = state.picked()
    places = st.columns(4)
    if picked is not None and picked not in corners:
        for number, corner in enumerate(CORNERS):
            words = f"#{opened.study.ids[picked]} to the {corner}"
            if places[number].button(layout.plain(words), key=f"corner_{number}", width="stretch"):
                state.cut_through(with_corner(corners, number, picked))
                st.rerun()
    if usual not in (corners, None) and places[3].button("Usual three", key="usual", width="stretch"):
        state.cut_through(None)
        st.rerun()


def draw(opened: OpenStudy, pair: Pair, corners: Corners, of: str) -> None:
    """Draw a slice; where a model was not asked yet, offer to ask it in the background."""
    key, flags = state.request_key() or "", ("--space", of, "--rows", *map(str, corners))
    try:
        found = opened.slice(corners, of)
    except NotComputed:
        job = DESK.job(key, "slice", *flags)
        if is_running(job):
            layout.follow(job)
            return
        if job is not None and job.standing.state == "failed":
            st.error(layout.for_browser(job.standing.text))
        st.caption("Your model is asked about 1,681 mixtures of these three, once, in the background.")
        if st.button("Draw the slice", type="primary"):
            DESK.start(key, "slice", *flags)
            st.rerun()
    except MarginError as error:
        st.info(layout.for_browser(str(error)))
    else:
        chart = cached.slice_chart(opened.key, pair, corners, of, opened, found)
        st.plotly_chart(chart, key="slice", config={"displayModeBar": False})
        st.caption(slice_in_words(found, opened.study))


opened = state.opened()
study, classes, kind = opened.study, layout.classes(opened), opened.pictures.kind
title, choice = st.columns([3, 2], vertical_alignment="center")
with title:
    layout.heading(
        "Decision boundary",
        "Samples that lie between two classes of the model, in order from the one to the other: they show what it goes "
        "by, and where it errs.",
    )
view = choice.segmented_control(
    "First comes what is", list(SHOWN), default="boundary", format_func=SHOWN.__getitem__, required=True,
    key="boundary_view", label_visibility="collapsed",
) or "boundary"  # fmt: skip
task = VIEWS[view]
layout.answer_to(task, opened)
found = opened.boundary(view)
assert found is not None  # it is answered
chosen = state.pair()
pair = chosen if chosen in found.pairs else next(iter(found.pairs), None)

main, side = st.columns([5, 2], gap="medium")
with main:
    st.caption(" ".join(layout.plain(text) for text in (said_in_words(task, study), *notes_of(task, study, found))))
    wish = boundary_film(
        opened.key, view, pair, classes, state.picked(), kind=kind, key="film",
        on_pair=lambda: state.look_between(*state.told("film", "pair")["pair"]),
        on_picked=lambda: state.pick(state.told("film", "picked")["row"]),
    )  # fmt: skip
    if wish.action is not None and pair is not None and state.is_new("film", wish.seq):
        if wish.action == "walk":
            state.pick(wish.row)
            st.switch_page(layout.WALK_VIEW)
        rows = found.between(pair, wish.first)
        words = f"between {study.class_names[pair[0]]} and {study.class_names[pair[1]]}"
        if wish.action == "map":
            layout.show(opened, rows, words)
        state.review(opened.select(rows, words))
        st.switch_page(layout.REVIEW_VIEW)
    if pair is not None:
        show_slice(opened, found, pair)
with side:
    asked = sample_panel(opened.key, state.picked(), classes, opened.version, kind=kind, key="panel")
    if asked.row is not None and state.is_new("panel", asked.seq):
        layout.answer_panel(opened, asked.action, asked.row)
