"""A sample walks across the boundary of two classes; the network behind it is trained on demand."""

from __future__ import annotations

import math

import streamlit as st

from dashboard.shared import layout, state
from dashboard.study.jobs import is_running
from dashboard.study.registry import DESK
from dashboard.views.counterfactuals.component import Trust, boundary_walk
from margin_core.errors import MarginError, NotComputed
from margin_core.tasks.invertible import Surrogate, TrainedSurrogate, default_surrogate
from margin_core.values import Need

NEAR = 24
LEARNS = {"labels": "your labels", "model": "what your model says"}

opened = state.opened()
study = opened.study
title, choice = st.columns([3, 2], vertical_alignment="center")
with title:
    layout.heading(
        "Across the boundary",
        "What would have to change for a sample to become the other class? A small network that can be run backwards "
        "draws every step of the way (invertible networks, arXiv 1910.00406).",
    )
usual = default_surrogate(study)
learn_from = usual.learn_from
if study.has(Need.LABELS) and study.has(Need.PROBABILITIES):
    learn_from = choice.segmented_control(
        "The network learns", list(LEARNS), default="labels", format_func=LEARNS.__getitem__, required=True,
        help="From your labels it explains the data; from your model's predictions it comes closer to your model.",
    ) or "labels"  # fmt: skip
of = state.walks_through() or usual.of
recipe = Surrogate(of=of, learn_from=learn_from)
key = state.request_key() or ""
flags = ("--space", of, "--learn-from", learn_from)
job = DESK.job(key, "surrogate", *flags)
running = job if is_running(job) else None
trained: TrainedSurrogate | None = None
try:
    if not running:
        trained = opened.surrogate(recipe)
except NotComputed:
    pass
except MarginError as error:
    st.info(layout.for_browser(str(error)))
    can_turn = of == "inputs" and study.has(Need.EMBEDDING) and study.has(Need.LABELS)
    if can_turn and st.button("Walk through the features instead"):
        state.walk_through("embedding")
        st.rerun()
    st.stop()

if trained is not None:
    for note in trained.notes:
        st.caption(layout.plain(note))
    near = opened.nearest_to_boundary(recipe, NEAR)
    picked = state.picked()
    row = picked if picked is not None else opened.first_to_walk(recipe)
    asked = boundary_walk(
        opened.key,
        row,
        [(one, str(study.ids[one])) for one in near.tolist()],
        layout.classes(opened),
        [bool(count) for count in trained.training_counts.tolist()],
        Trust(
            agreement=None if math.isnan(trained.agreement) else trained.agreement,
            accuracy=None if math.isnan(trained.accuracy) else trained.accuracy,
        ),
        of=of,
        learn_from=learn_from,
        has_pictures=opened.pictures.kind == "picture",
        key="walk",
        on_picked=lambda: state.pick(state.told("walk", "picked")["row"]),
    )
    if asked.row is not None and state.is_new("walk", asked.seq):
        if asked.action == "boundary" and asked.pair is not None:
            state.pick(asked.row)
            state.look_between(*asked.pair)
            st.switch_page(layout.BOUNDARY_VIEW)
        layout.answer_panel(opened, asked.action, asked.row)
elif not running:
    if job is not None and job.standing.state == "failed":
        st.error(layout.for_browser(job.standing.text))
    st.markdown("**No network is trained yet.**")
    st.caption(
        "A small network learns your samples once, on this machine. That takes a minute or two; you can go on "
        "meanwhile. It stands in for your own model, and the page always says how often both agree."
    )
    if st.button("Train the network", type="primary"):
        DESK.start(key, "surrogate", *flags)
        st.rerun()

if running is not None:
    layout.follow(running)
