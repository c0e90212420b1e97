"""Which parts of a sample made the model predict its class: heatmaps by several methods, how faithful, how fragile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from dashboard.shared import cached, layout, navigation, state
from dashboard.shared.background import BackgroundJob, command_for
from dashboard.study.open_study import OpenStudy
from dashboard.study.selections import selection_of
from dashboard.views.saliency import SALIENCY, wording
from dashboard.views.saliency.agreement import Agreement, agreements, curves
from dashboard.views.saliency.comparison import method_comparison
from dashboard.views.saliency.component import SaliencyMethod, saliency_heatmaps
from dashboard.views.saliency.examples import missing_examples_reason
from dashboard.views.saliency.fragility import fragility_slider
from dashboard.views.saliency.fragility_ranking import (
    FRAGILITY,
    fragility_answer,
    fragility_of,
    most_fragile,
    unusually_fragile,
)
from dashboard.views.saliency.heatmap_store import class_names, heatmaps_of
from dashboard.views.saliency.query import SaliencyQuery, can_measure_fragility, first_choices
from dashboard.views.saliency.series import sample_sizes, trail
from dashboard.views.saliency.worker import worker_of
from margin_core.figures.faithfulness import SHADES, SIGNED_SHADES, faithfulness_curves
from margin_core.tasks.saliency.fragility.fragility_column import describe_column, recipe_for
from margin_core.tasks.saliency.methods.available import methods_for, sample_kind
from margin_core.tasks.saliency.worker.request import PREDICTED

MAX_LISTED = 60
"""Samples that are shown of all that were measured."""

CHOSEN = state.Remembered[dict[str, Any]]("saliency", {})
"""``methods``; ``target`` and ``against`` of a ``row``; empty before a choice."""


def pick(row: int, methods: Sequence[str]) -> None:
    """Show another sample by the same methods, at the class that the model predicts."""
    state.PICKED.set(row)
    CHOSEN.set({"methods": list(methods)})


def show_faithfulness(opened: OpenStudy, query: SaliencyQuery, kind: str) -> None:
    """Show the curves of the heatmaps that are measured, and how far they agree."""
    measured = curves(opened, query)
    probabilities = heatmaps_of(opened).class_probabilities(query.row)
    if not measured or probabilities is None:
        return
    st.markdown(f"## {wording.FAITHFULNESS}", help=wording.FAITHFULNESS_HELP)
    key = (opened.key, query, tuple(measured))
    target = class_names(opened.study, len(probabilities))[query.class_of(probabilities)]
    chart = cached.figure("saliency_curves", key, lambda: faithfulness_curves(measured, target, wording.PLACES[kind]))
    st.plotly_chart(chart, key="saliency_curves", config={"displayModeBar": False})
    if len(measured) > 1:
        show_agreement(opened.memory.recall("agreement", key, lambda: agreements(opened, query)))


def show_agreement(found: Sequence[Agreement]) -> None:
    """Compare heatmaps, each two of them."""
    st.markdown(f"## {wording.AGREEMENT}", help=wording.AGREEMENT_HELP)
    rows = "\n".join(
        f"| {wording.pair(two.one, two.other)} | {wording.correlation(two.correlation)} | {two.in_common:.0%} |"
        for two in found
    )
    st.markdown(wording.AGREEMENT_TABLE + rows)


def show_fragility_of_all(opened: OpenStudy) -> None:
    """Offer to measure the fragility of every sample's heatmap; then to look at what was found."""
    st.markdown(f"## {wording.FRAGILITY_OF_ALL}", help=wording.FRAGILITY_OF_ALL_HELP)
    job = BackgroundJob(*command_for(FRAGILITY))
    found, values = fragility_answer(opened), fragility_of(opened)
    if found is None or values is None:
        if job.is_running:
            job.follow()
            return
        job.show_failure()
        st.caption(wording.cost_of_measuring(len(opened.study)))
        if st.button(wording.MEASURE_ALL):
            job.start()
        return
    half, few = np.nanquantile(values, [0.5, 0.95])
    st.caption(wording.fragility_of_half(describe_column(recipe_for(opened.study)), half, few))
    fragile, unusual, color = st.columns(3)
    if fragile.button(wording.MOST_FRAGILE, width="stretch"):
        state.choose_color("fragility")
        rows = most_fragile(values, MAX_LISTED)
        navigation.show_on_map(opened, rows, wording.MOST_FRAGILE_TITLE, is_ranked=True)
    if unusual.button(wording.UNUSUALLY_FRAGILE, width="stretch"):
        state.choose_color("fragility")
        rows = unusually_fragile(found, MAX_LISTED)
        navigation.show_on_map(opened, rows, wording.UNUSUALLY_FRAGILE_TITLE, is_ranked=True)
    if color.button(wording.COLOR_MAP, width="stretch"):
        state.choose_color("fragility")
        navigation.open_page("map")


opened = state.opened()
study = opened.study
layout.heading(SALIENCY)
layout.model_note(opened)
fitting, left_out = methods_for(study)
kind = sample_kind(study)
if left_out:
    st.caption(left_out)
chosen = CHOSEN.get()
names = {method.name for method in fitting}
methods = tuple(name for name in chosen.get("methods", ()) if name in names) or first_choices(fitting)
selection = state.REVIEWED.get() or state.SELECTION.get()
picked = state.PICKED.get()
row = picked if picked is not None else next(iter(trail(opened, selection)[0].tolist()), 0)
if heatmaps_of(opened).class_probabilities(row) is None:
    worker_of(opened).start()
outputs = class_names(study, heatmaps_of(opened).n_outputs())
shown = [
    SaliencyMethod(name=method.name, title=method.title, sentence=method.sentence, follows=method.needs_gradients)
    for method in fitting
]
# A class was chosen for one sample, and holds for no other.
target, against = (chosen.get(name) if chosen.get("row") == row else None for name in ("target", "against"))
events = saliency_heatmaps(
    opened.key, row, shown, methods, target, against, layout.classes(opened), outputs,
    kind=kind, selection=selection if selection_of(opened, selection) else None,
    shades=SHADES, signed=SIGNED_SHADES, key="heatmaps",
    on_picked=lambda: pick(state.event("heatmaps", "picked")["row"], methods),
    on_chosen=lambda: CHOSEN.set(state.event("heatmaps", "chosen")),
)  # fmt: skip
if events.action is not None and state.is_new("heatmaps", events.seq):
    state.PICKED.set(events.row)
    if events.action == "review":
        state.RESUME_AT.set(events.row)
    navigation.open_page(events.action)

query = SaliencyQuery(row, methods, PREDICTED if target is None else target)
show_faithfulness(opened, query, kind)

probabilities = heatmaps_of(opened).class_probabilities(row)
if kind == "picture" and probabilities is not None:
    st.markdown(f"## {wording.FRAGILITY}", help=wording.FRAGILITY_HELP)
    fragility_slider(
        opened.key, row, query.class_of(probabilities), [one for one in shown if one["name"] in methods], SHADES,
        layout.classes(opened), no_examples=missing_examples_reason(study), key="fragility",
        on_picked=lambda: pick(state.event("fragility", "picked")["row"], methods),
    )  # fmt: skip
if can_measure_fragility(study):
    show_fragility_of_all(opened)
title = wording.COMPARISON if len(fitting) > 1 else wording.COMPARISON_OF_ONE
st.markdown(f"## {title}", help=wording.COMPARISON_HELP)
method_comparison(opened.key, shown, methods, sample_sizes(len(study)), len(study), key="comparison")
