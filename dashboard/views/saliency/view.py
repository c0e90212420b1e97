"""What the model saw in a sample: maps by several methods side by side, and how far to trust them."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan

import numpy as np
import streamlit as st

from dashboard.shared import cached, layout, state
from dashboard.study.jobs import Standing
from dashboard.study.open_study import OpenStudy
from dashboard.study.registry import DESK
from dashboard.views.saliency.book import class_names
from dashboard.views.saliency.comparison import method_comparison
from dashboard.views.saliency.component import Way, saliency_maps
from dashboard.views.saliency.examples import no_examples
from dashboard.views.saliency.figure import SHADES, SIGNED_SHADES
from dashboard.views.saliency.fragility import fragility_slider
from dashboard.views.saliency.series import FRAGILE_MAPS, offered, trail
from dashboard.views.saliency.side_by_side import Agreement, curves
from dashboard.views.saliency.wish import Wish, can_be_shaken, cannot, first_choices
from margin_core.tasks.saliency.fragility.fragility_column import recipe_for, words
from margin_core.tasks.saliency.methods.available import methods_for, sample_kind
from margin_core.tasks.saliency.worker.request import PREDICTED

LISTED = 60
"""Samples that are shown of all that were measured."""

PLACES = {"picture": "pixels", "values": "columns", "text": "words"}


def look_on(row: int, methods: Sequence[str]) -> None:
    """Look at another sample by the same methods, at the class that the model says."""
    state.pick(row)
    state.look_by({"methods": list(methods)})


def show_agreement(found: Sequence[Agreement]) -> None:
    """Set maps side by side, each two of them."""
    st.markdown(
        "## Do the maps agree?",
        help="Rank correlation: 1 where two maps put all pixels in the same order, 0 where their orders have nothing "
        "to do with each other. Of their most important tenth, maps without any relation have 10 % in common. Where "
        "maps disagree, the numbers above say which one the model bears out.",
    )
    rows = "\n".join(
        f"| {two.one} and {two.other} | {'none' if isnan(two.correlation) else f'{two.correlation:.2f}'} "
        f"| {two.in_common:.0%} |"
        for two in found
    )
    st.markdown(f"| Maps | Rank correlation | Most important pixels in common |\n| :-- | --: | --: |\n{rows}")


def show_fragility_of_all(opened: OpenStudy) -> None:
    """Offer to measure how fragile the map of every sample is; then where to look at what was found."""
    st.markdown(
        "## Whose map is fragile?",
        help="A map that changes when nobody sees a change says little about this sample. A constant map never "
        "changes: stability alone ranks nothing.",
    )
    key, command = state.request_key() or "", layout.command_for(FRAGILE_MAPS)
    job = DESK.job(key, *command)
    # Before the answer is asked for: a job that ends between the two has left it there.
    standing = None if job is None else job.standing
    values = opened.fragility
    if values is None:
        if standing is not None and standing.state == "running":
            assert job is not None
            layout.follow(job)
        else:
            measure_all(opened, standing)
        return
    half, few = np.nanquantile(values, [0.5, 0.95])
    st.caption(
        f"{words(recipe_for(opened.study))}: at most {half:.0%} in half of the samples, more than {few:.0%} in one of "
        "twenty."
    )
    fragile, odd, colour = st.columns(3)
    if fragile.button("Most fragile first", width="stretch"):
        state.colour_by("fragility")
        layout.show(opened, opened.most_fragile(LISTED), "with the most fragile maps", is_ranked=True)
    if odd.button("Fragile for their kind", width="stretch"):
        state.colour_by("fragility")
        layout.show(opened, opened.unforetold_fragile(LISTED), "with maps fragile for their kind", is_ranked=True)
    if colour.button("Colour the map", width="stretch"):
        state.colour_by("fragility")
        st.switch_page(layout.MAP_VIEW)


def measure_all(opened: OpenStudy, last: Standing | None) -> None:
    """Offer to measure every sample in the background; say how the last attempt ended."""
    if last is not None:
        (st.info if last.state == "stopped" else st.error)(layout.for_browser(last.text))
    st.caption(
        f"Every picture is changed by chance, so little that nobody sees it, and its map made again: two maps for each "
        f"of {len(opened.study):,} samples, in the background. What is done when you stop is kept."
    )
    if st.button("Measure every sample"):
        DESK.start(state.request_key() or "", *layout.command_for(FRAGILE_MAPS))
        st.rerun()


opened = state.opened()
study = opened.study
layout.heading(
    "What the model saw",
    "Which parts of a sample made the model say so (saliency), by MARGIN and by published methods side by side.",
)
why_not = cannot(study)
if why_not:
    st.info(why_not)
    if st.button("Open another study", type="primary"):
        st.switch_page("views/open_source/view.py")
    st.stop()
ways, left_out = methods_for(study)
kind = sample_kind(study)
if left_out:
    st.caption(left_out)
looked = state.looked()
methods = tuple(name for name in looked.get("methods", ()) if name in {way.name for way in ways}) or first_choices(ways)
selection = state.reviewing() or state.selection()
picked = state.picked()
row = picked if picked is not None else next(iter(trail(opened, selection)[0].tolist()), 0)
outputs = class_names(study, opened.maps.classes())
shown = [Way(name=way.name, title=way.title, sentence=way.sentence, follows=way.looks_inside) for way in ways]
# A class was chosen for one sample, and holds for no other.
target, against = (looked.get(name) if looked.get("row") == row else None for name in ("target", "against"))
events = saliency_maps(
    opened.key, row, shown, methods, target, against, layout.classes(opened), outputs,
    kind=kind, selection=selection if selection and opened.selection(selection) else None,
    shades=SHADES, signed=SIGNED_SHADES, key="maps",
    on_picked=lambda: look_on(state.told("maps", "picked")["row"], methods),
    on_chosen=lambda: state.look_by(state.told("maps", "chosen")),
)  # fmt: skip
if events.action is not None and state.is_new("maps", events.seq):
    state.pick(events.row)
    if events.action == "review":
        state.come_back_to(events.row)
    st.switch_page(layout.MAP_VIEW if events.action == "map" else layout.REVIEW_VIEW)

wish = Wish(row, methods, PREDICTED if target is None else target)
measured = tuple(curves(opened, wish))
if measured:
    st.markdown(
        "## Does the model agree?",
        help="The most important places of each map are taken away, or put in, step by step, and the model is asked.",
    )
    chart = cached.saliency_curves(opened.key, wish, measured, PLACES[kind], opened)
    st.plotly_chart(chart, key="saliency_curves", config={"displayModeBar": False})
if len(measured) > 1:
    show_agreement(cached.map_agreement(opened.key, wish, measured, opened))

said = opened.maps.said(row)
if kind == "picture" and said is not None:
    st.markdown(
        "## Does a change that nobody sees change the map?",
        help="Interpretation of neural networks is fragile (Ghorbani, Abid and Zou, 2019). A constant map never "
        "changes: stability alone ranks nothing.",
    )
    fragility_slider(
        opened.key, row, wish.class_of(said), [way for way in shown if way["name"] in methods], SHADES,
        layout.classes(opened), no_examples=no_examples(study), key="fragility",
        on_picked=lambda: look_on(state.told("fragility", "picked")["row"], methods),
    )  # fmt: skip
if can_be_shaken(study):
    show_fragility_of_all(opened)
st.markdown(
    "## Compare on the whole set" if len(ways) > 1 else "## How faithful on the whole set?",
    help="Each method explains the same samples, drawn by chance, at the class that the model says.",
)
method_comparison(opened.key, shown, methods, offered(len(study)), len(study), key="comparison")
