"""A sample is carried across the boundary of two classes; the network behind it is trained on demand."""

from __future__ import annotations

import math

import numpy as np
import streamlit as st

from dashboard.shared import layout, navigation, state
from dashboard.shared.background import BackgroundJob
from dashboard.shared.thumbnail_grid.component import thumbnail_grid
from dashboard.study.cards import sample_reference
from dashboard.study.open_study import OpenStudy
from dashboard.study.selections import keep_selection
from dashboard.views.counterfactuals import COUNTERFACTUALS, wording
from dashboard.views.counterfactuals.component import SurrogateAgreement, counterfactual_path
from dashboard.views.counterfactuals.data import (
    default_recipe,
    first_sample,
    nearest_of_other_classes,
    nearest_to_boundary,
    surrogate_of,
)
from margin_core.errors import MarginError, NotComputed
from margin_core.study.probe_model import predicted_probabilities
from margin_core.tasks.invertible import Surrogate, TrainedSurrogate
from margin_core.values import Need

MAX_NEAR = 24
SPACE = state.Remembered[str | None]("counterfactual_space", None)
"""What is changed: the samples or their features; None: nobody chose."""


def show_counterfactual(opened: OpenStudy, recipe: Surrogate, trained: TrainedSurrogate) -> None:
    """Show the picked sample on its way across a boundary, and do what is chosen there."""
    for note in trained.notes:
        st.caption(layout.plain(note))
    picked = state.PICKED.get()
    events = counterfactual_path(
        opened.key,
        picked if picked is not None else first_sample(opened, trained),
        [sample_reference(opened, row) for row in nearest_to_boundary(trained, MAX_NEAR).tolist()],
        layout.classes(opened),
        [bool(count) for count in trained.training_counts.tolist()],
        SurrogateAgreement(
            agreement=None if math.isnan(trained.agreement) else trained.agreement,
            accuracy=None if math.isnan(trained.accuracy) else trained.accuracy,
        ),
        space=recipe.of,
        training_labels=recipe.learn_from,
        has_pictures=opened.pictures.kind == "picture",
        key="counterfactual",
        on_picked=lambda: state.PICKED.set(state.event("counterfactual", "picked")["row"]),
    )
    if events.row is not None and state.is_new("counterfactual", events.seq):
        if events.action == "boundary" and events.pair is not None:
            state.PICKED.set(events.row)
            state.choose_pair(*events.pair)
            navigation.open_page("boundary")
        navigation.follow_sample(opened, events.action, events.row)


def show_nearest(opened: OpenStudy) -> None:
    """Show a sample and what it could be taken for, which needs no network."""
    if not opened.study.has(Need.EMBEDDING) or not opened.study.has(Need.LABELS):
        return
    picked = state.PICKED.get()
    row = picked if picked is not None else int(opened.explanation.rows[0])
    others = nearest_of_other_classes(opened, row)
    if not len(others):
        return
    st.markdown(f"## {wording.OTHER_CLASSES}", help=wording.OTHER_CLASSES_HELP)
    st.caption(wording.TILES)
    rows = np.concatenate([[row], others])
    key = keep_selection(opened, rows, wording.OTHER_CLASSES, is_ranked=True)
    thumbnail_grid(
        opened.key, key, len(rows), opened.version, layout.classes(opened), row,
        kind=opened.pictures.kind, key="others",
        on_picked=lambda: state.PICKED.set(state.event("others", "picked")["row"]),
    )  # fmt: skip


opened = state.opened()
study = opened.study
title, choice = st.columns([3, 2], vertical_alignment="center")
with title:
    layout.heading(COUNTERFACTUALS)
layout.model_note(opened)
default = default_recipe(opened)
training_labels = default.learn_from
if study.has(Need.LABELS) and predicted_probabilities(study) is not None:
    training_labels = choice.container(horizontal_alignment="right").segmented_control(
        wording.LEARNS, list(wording.TARGETS), default="labels", format_func=wording.TARGETS.__getitem__,
        required=True, help=wording.LEARNS_HELP,
    ) or "labels"  # fmt: skip
space = SPACE.get() or default.of
recipe = Surrogate(of=space, learn_from=training_labels)
if space == "embedding" and opened.pictures.kind != "none":
    st.caption(wording.THROUGH_FEATURES)
job = BackgroundJob("surrogate", "--space", space, "--learn-from", training_labels)
try:
    if job.is_running:
        job.follow()
    else:
        show_counterfactual(opened, recipe, surrogate_of(opened, recipe))
except NotComputed:
    job.show_failure()
    with layout.empty_state(
        "route", wording.NOT_TRAINED, wording.STEPS_OF_FEATURES if space == "embedding" else wording.STEPS
    ):
        if st.button(wording.TRAIN, type="primary"):
            job.start()
    show_nearest(opened)
except MarginError as error:
    st.info(layout.for_browser(str(error)))
    has_features = space == "inputs" and study.has(Need.EMBEDDING) and study.has(Need.LABELS)
    if has_features and st.button(wording.USE_FEATURES):
        SPACE.set("embedding")
        st.rerun()
