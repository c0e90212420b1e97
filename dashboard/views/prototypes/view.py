"""Which samples represent their class, and which none of these represents."""

from __future__ import annotations

import streamlit as st

from dashboard.shared import layout, navigation, state
from dashboard.shared.background import require_answer
from dashboard.shared.sample_panel.panel import show_picked_sample
from dashboard.views.prototypes import PROTOTYPES, wording
from dashboard.views.prototypes.component import prototype_rows
from dashboard.views.prototypes.data import PEER, RULES, rows_in_role, rows_represented

opened = state.opened()
study = opened.study

main, side = st.columns([5, 2], gap="medium")
title, compare = main.columns([3, 2], vertical_alignment="center")
with title:
    layout.heading(PROTOTYPES)
is_compared = compare.toggle(wording.COMPARE, help=wording.COMPARE_HELP)
with main:
    found = require_answer(RULES["coverage"], opened)
peer = opened.answer(RULES[PEER]) if is_compared else None

with main:
    events = prototype_rows(
        opened.key, layout.classes(opened), state.PICKED.get(), kind=opened.pictures.kind,
        peer=PEER if peer is not None else None, key="prototypes",
        on_picked=lambda: state.PICKED.set(state.event("prototypes", "picked")["row"]),
    )  # fmt: skip
    if events.action is not None and state.is_new("prototypes", events.seq):
        answer = peer if events.rule == PEER and peer is not None else found
        if events.role in wording.ROLES:
            rows = rows_in_role(answer, events.role, events.first, events.label)
            class_name = None if events.label is None else study.class_names[events.label]
            words = wording.selected_in_role(events.role, class_name)
        else:
            row = events.row or 0
            rows = rows_represented(opened, answer, row, events.first)
            words = wording.selected_by_prototype(str(study.ids[row]))
        if events.action == "map":
            navigation.show_on_map(opened, rows, words)
        navigation.review_samples(opened, rows, words)
with side:
    show_picked_sample(opened, wording.GESTURES)
if is_compared and peer is None:
    with main:
        st.caption(wording.COMPUTING_PEER)
        require_answer(RULES[PEER], opened)
