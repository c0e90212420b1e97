"""Label review: decide about one suspect label after another."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dashboard.shared import layout, navigation, state
from dashboard.shared.review.component import review_component
from dashboard.study.selections import keep_selection, selection_of
from dashboard.views.label_review import wording
from margin_core.review import OPEN
from margin_core.values import UNLABELED

FEW_PER_CLASS = 10
"""Labels a class below which a ranking of them says little."""

opened = state.opened()
study = opened.study
limit = state.REVIEWED.get()
selection = selection_of(opened, limit)
if selection is not None:
    title, lift = st.columns([5, 1], vertical_alignment="center")
    title.markdown(wording.only_these(len(selection.rows), layout.plain(selection.title)))
    if lift.button(wording.REVIEW_ALL, width="stretch"):
        state.REVIEWED.set(None)
        st.rerun()
if opened.audited.opened.read is not None and opened.session.n_labeled < FEW_PER_CLASS * len(study.class_names):
    st.caption(wording.few_labels(opened.session.n_labeled, FEW_PER_CLASS))
without_label = np.flatnonzero((opened.session.given == UNLABELED) & (opened.session.states == OPEN))
events = review_component(
    opened.key,
    layout.classes(opened),
    state.reviewer(),
    opened.explanation.fingerprint,
    limit if selection is not None else None,
    kind=opened.pictures.kind,
    unlabeled=len(without_label),
    goal=state.GOAL.get(),
    at=state.RESUME_AT.pop(),
    has_saliency="saliency" in dict(state.SAMPLE_PAGES.get()),
    key="review",
)
if events.action is not None and state.is_new("review", events.seq):
    match events.action:
        case "map" | "saliency":
            state.PICKED.set(events.row)
            navigation.open_page(events.action)
        case "export":
            navigation.open_page("export")
        case "unlabeled":
            state.REVIEWED.set(keep_selection(opened, without_label, wording.WITHOUT_LABEL))
            st.rerun()
        case "all":
            state.REVIEWED.set(None)
            st.rerun()
