"""Suspect labels: decide about one after another."""

from __future__ import annotations

import streamlit as st

from dashboard import frame, state
from dashboard.components.review import review_desk

opened = state.opened()
limit = state.reviewing()
selection = opened.selection(limit) if limit else None
if selection is not None:
    said, lift = st.columns([5, 1], vertical_alignment="center")
    said.markdown(f"Only the **{len(selection.rows):,} samples** {frame.plain(selection.title)}")
    if lift.button("Review all", width="stretch"):
        state.review(None)
        st.rerun()
events = review_desk(
    opened.key,
    frame.classes(opened),
    state.reviewer(),
    opened.explanation.fingerprint,
    limit if selection is not None else None,
    key="review",
)
if events.show_on_map is not None and state.is_new("review", events.seq):
    state.pick(events.show_on_map)
    st.switch_page(frame.MAP_VIEW)
