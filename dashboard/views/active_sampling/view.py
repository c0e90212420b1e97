"""What to label next: batches of samples without a label, labeled by key."""

from __future__ import annotations

import streamlit as st

from dashboard.shared import layout, navigation, state
from dashboard.shared.review.component import LabelingChoice, review_component
from dashboard.study.open_study import OpenStudy
from dashboard.study.selections import keep_selection
from dashboard.views.active_sampling import ACTIVE_SAMPLING, wording
from dashboard.views.active_sampling.batches import FIRST_SIZE, SIZES, batch_on_screen
from dashboard.views.active_sampling.classes import ask_for_classes, edit_classes
from dashboard.views.active_sampling.curve import show_accuracy
from dashboard.views.active_sampling.simulated import can_simulate, show_simulation
from margin_core.tasks.active_sampling.strategies import STRATEGIES

WIDE_ENOUGH = 380
"""Pixels, for the longest name of a strategy."""

DEFAULT = next(iter(STRATEGIES))
STRATEGY = state.Remembered[str]("label_strategy", DEFAULT)


def strategy_words(name: str) -> str:
    """Return what a strategy does, in plain words."""
    return wording.STRATEGIES.get(name, STRATEGIES[name].title)


def show_batch_on_map(opened: OpenStudy) -> None:
    """Open the map, with the batch selected and everything colored by what is labeled."""
    state.choose_color("label_next")
    state.SELECTION.set(keep_selection(opened, batch_on_screen(opened), wording.BATCH_TITLE, is_ranked=True))
    navigation.open_page("map")


opened = state.opened()
if not opened.study.class_names:
    layout.heading(ACTIVE_SAMPLING)
    ask_for_classes(opened)
    st.stop()
if not opened.session.n_unlabeled and not opened.session.skipped_unlabeled.any():
    layout.heading(ACTIVE_SAMPLING)
    with layout.empty_state("task_alt", wording.ALL_LABELED, wording.ALL_LABELED_TEXT):
        review, leave, _ = st.columns([2, 2, 3])
        if review.button(wording.REVIEW, type="primary", width="stretch"):
            navigation.open_page("review")
        if leave.button(wording.EXPORT, width="stretch"):
            navigation.open_page("export")
    if can_simulate(opened):
        show_simulation(opened)
    st.stop()

title, batches, classes, accuracy, on_map = st.columns([2.6, 1.4, 1.4, 1.9, 1.4], vertical_alignment="center")
with title:
    layout.heading(ACTIVE_SAMPLING)
with batches.popover(wording.BATCHES, width="stretch"), st.container(width=WIDE_ENOUGH):
    chosen = st.selectbox(
        wording.STRATEGY, list(STRATEGIES), index=list(STRATEGIES).index(STRATEGY.get()), format_func=strategy_words,
        help=wording.STRATEGY_HELP,
    )  # fmt: skip
    STRATEGY.set(chosen)
    count = st.selectbox(wording.BATCH, SIZES, index=SIZES.index(FIRST_SIZE), help=wording.BATCH_HELP)
with classes:
    edit_classes(opened)
with accuracy, st.container(key="accuracy"):
    show_accuracy(opened)
if on_map.button(wording.ON_MAP, width="stretch"):
    show_batch_on_map(opened)
events = review_component(
    opened.key,
    layout.classes(opened),
    state.reviewer(),
    "",
    kind=opened.pictures.kind,
    at=state.RESUME_AT.pop(),
    has_saliency=False,
    labeling=LabelingChoice(strategy=chosen, size=count),
    key="label_next",
)
if events.action is not None and state.is_new("label_next", events.seq):
    match events.action:
        case "map":
            state.PICKED.set(events.row)
            show_batch_on_map(opened)
        case "review" | "export":
            navigation.open_page(events.action)
        case "default":
            STRATEGY.set(DEFAULT)
            st.rerun()
if can_simulate(opened):
    show_simulation(opened)
