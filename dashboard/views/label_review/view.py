"""Suspect labels: decide about one after another."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dashboard.shared import layout, state
from dashboard.views.label_review.component import review_desk
from margin_core.review import OPEN
from margin_core.values import UNLABELLED

opened = state.opened()
study = opened.study
limit = state.reviewing()
selection = opened.selection(limit) if limit else None
if selection is not None:
    said, lift = st.columns([5, 1], vertical_alignment="center")
    said.markdown(f"Only the **{len(selection.rows):,} samples** {layout.plain(selection.title)}")
    if lift.button("Review all", width="stretch"):
        state.review(None)
        st.rerun()
without_label = np.flatnonzero((study.labels == UNLABELLED) & (opened.session.states == OPEN))
events = review_desk(
    opened.key,
    layout.classes(opened),
    state.reviewer(),
    opened.explanation.fingerprint,
    limit if selection is not None else None,
    kind=opened.pictures.kind,
    unlabelled=len(without_label),
    goal=state.goal(),
    at=state.left_off(),
    key="review",
)
if events.action is not None and state.is_new("review", events.seq):
    match events.action:
        case "map":
            state.pick(events.row)
            st.switch_page(layout.MAP_VIEW)
        case "saliency":
            state.pick(events.row)
            st.switch_page(layout.SALIENCY_VIEW)
        case "export":
            st.switch_page(layout.EXPORT_VIEW)
        case "unlabelled":
            state.review(opened.select(without_label, "without a label"))
            st.rerun()
        case "all":
            state.review(None)
            st.rerun()
