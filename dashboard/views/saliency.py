"""What the model saw in a sample: maps by several methods side by side, and how far to trust them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import cached, frame, state
from dashboard.components.comparison import method_comparison
from dashboard.components.fragility import fragility_slider
from dashboard.components.saliency import Way, saliency_maps
from dashboard.figures.saliency import SHADES, SIGNED_SHADES
from dashboard.saliency import SAMPLES, Wish, cannot, class_names, curves, first_choices, trail
from margin_core.saliency import PREDICTED, sort_of, ways_for

PLACES = {"picture": "pixels", "values": "columns", "text": "words"}


def look_on(row: int, methods: Sequence[str]) -> None:
    """Look at another sample by the same methods, at the class that the model says."""
    state.pick(row)
    state.look_by({"methods": list(methods)})


opened = state.opened()
study = opened.study
frame.heading(
    "What the model saw",
    "Which parts of a sample made the model say so (saliency), by MARGIN and by published methods side by side.",
)
why_not = cannot(study)
if why_not:
    st.info(why_not)
    if st.button("Open another study", type="primary"):
        st.switch_page("views/open_source.py")
    st.stop()
ways, left_out = ways_for(study)
kind = sort_of(study)
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
    opened.key, row, shown, methods, target, against, frame.classes(opened), outputs,
    kind=kind, selection=selection if selection and opened.selection(selection) else None,
    shades=SHADES, signed=SIGNED_SHADES, key="maps",
    on_picked=lambda: look_on(state.told("maps", "picked")["row"], methods),
    on_chosen=lambda: state.look_by(state.told("maps", "chosen")),
)  # fmt: skip
if events.action is not None and state.is_new("maps", events.seq):
    state.pick(events.row)
    if events.action == "review":
        state.come_back_to(events.row)
    st.switch_page(frame.MAP_VIEW if events.action == "map" else frame.REVIEW_VIEW)

wish = Wish(row, methods, PREDICTED if target is None else target)
measured = tuple(curves(opened, wish))
if measured:
    st.markdown(
        "## Does the model agree?",
        help="The most important places of each map are taken away, or put in, step by step, and the model is asked.",
    )
    chart = cached.saliency_curves(opened.key, wish, measured, PLACES[kind], opened)
    st.plotly_chart(chart, key="saliency_curves", config={"displayModeBar": False})

said = opened.maps.said(row)
if kind == "picture" and said is not None:
    st.markdown(
        "## Does a change that nobody sees change the map?",
        help="Interpretation of neural networks is fragile (Ghorbani, Abid and Zou, 2019). A constant map never "
        "changes: stability alone ranks nothing.",
    )
    of = int(said.argmax()) if wish.target == PREDICTED else wish.target
    fragility_slider(opened.key, row, of, [way for way in shown if way["name"] in methods], SHADES, key="fragility")
st.markdown(
    "## Compare on the whole set",
    help="Each method explains the same samples, drawn by chance, at the class that the model says.",
)
method_comparison(opened.key, shown, methods, SAMPLES, key="comparison")
