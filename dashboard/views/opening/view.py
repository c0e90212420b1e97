"""A study on its way: how far, and what to do when it fails."""

from __future__ import annotations

import streamlit as st

from dashboard.shared import layout, navigation, state
from dashboard.shared.background import follow, show_failure
from dashboard.shared.facts import show_facts
from dashboard.study import registry
from dashboard.study.jobs import JobStatus
from dashboard.views.opening import OPENING, wording

studies = registry.STUDIES
key = state.request_key() or ""
request = studies.requests.get(key)
if request is None:
    navigation.open_page("open")


def show_read(status: JobStatus) -> None:
    """List what was read of the source so far."""
    if status.notes:
        st.markdown(f"## {wording.FACTS}")
        show_facts(status.notes)


layout.heading(OPENING)
with st.container(key="narrow"):
    st.text(str(request.source))
    status = studies.status(key)
    if status is not None and status.state in ("failed", "stopped"):
        show_failure(status)
        with st.container(horizontal=True):
            if st.button(wording.TRY_AGAIN, type="primary"):
                studies.retry(key)
                st.rerun()
            if st.button(wording.OPEN_ANOTHER):
                navigation.open_page("open")
        show_read(status)
    else:
        follow(
            lambda: studies.status(key),
            is_done=lambda: studies.opened(key) is not None,
            stop=lambda: studies.stop(key),
            note=wording.NOTE,
            stop_help=wording.STOP_HELP,
            show_details=show_read,
        )
