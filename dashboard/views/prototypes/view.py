"""Which samples stand for their class, and which no prototype explains."""

from __future__ import annotations

import streamlit as st

from dashboard.shared import layout, state
from dashboard.shared.sample_panel.component import sample_panel
from dashboard.views.prototypes.component import prototype_rows
from dashboard.views.prototypes.data import PEER, RULES, shown, stood_for

ROLES = {"prototype": "typical", "criticism": "odd"}

opened = state.opened()
study, classes, kind = opened.study, layout.classes(opened), opened.pictures.kind

title, compare = st.columns([4, 2], vertical_alignment="center")
with title:
    layout.heading(
        "Which samples are typical, and which are odd?",
        "Typical samples (prototypes) stand for the others of their class. Odd ones (criticisms) are those that their "
        "surroundings do not foretell: mislabelled, unusual, or between two kinds.",
    )
beside = compare.toggle(
    "Compare with MMD-critic", help="A published method for the same question; it is computed when you ask for it."
)
found = layout.answer_to(RULES["coverage"], opened)
peer = opened.answer(RULES[PEER]) if beside else None

main, side = st.columns([5, 2], gap="medium")
with main:
    wish = prototype_rows(
        opened.key, classes, state.picked(), kind=kind, peer=PEER if peer is not None else None, key="typical",
        on_picked=lambda: state.pick(state.told("typical", "picked")["row"]),
    )  # fmt: skip
    if wish.action is not None and state.is_new("typical", wish.seq):
        answer = peer if wish.rule == PEER and peer is not None else found
        if wish.role in ROLES:
            rows = shown(answer, wish.role, wish.first, wish.label)
            named = f"of class {study.class_names[wish.label]}" if wish.label is not None else "of all classes"
            words = f"{ROLES[wish.role]} samples {named}"
        else:
            rows = stood_for(opened, answer, wish.row or 0, wish.first)
            words = f"stood for by {study.ids[wish.row or 0]}"
        if wish.action == "map":
            layout.show(opened, rows, words)
        state.review(opened.select(rows, words))
        st.switch_page(layout.REVIEW_VIEW)
with side:
    asked = sample_panel(opened.key, state.picked(), classes, opened.version, kind=kind, key="panel")
    if asked.row is not None and state.is_new("panel", asked.seq):
        layout.answer_panel(opened, asked.action, asked.row)
if beside and peer is None:
    with main:
        st.caption("MMD-critic is being asked; its rows appear beside these.")
        layout.answer_to(RULES[PEER], opened)
