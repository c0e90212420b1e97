"""A study is on its way: how far, and what to do when it fails."""

from __future__ import annotations

import streamlit as st

from dashboard.shared import layout, state
from dashboard.study.registry import DESK

key = state.request_key()
request = DESK.requests[key] if key else None
if key is None or request is None:
    st.switch_page("views/open_source/view.py")


@st.fragment(run_every=0.7)
def _standing(key: str) -> None:
    """Follow the job until the study can be reviewed."""
    standing = DESK.standing(key)
    if DESK.opened(key) is not None:
        st.rerun()
    if standing is None or standing.state == "running":
        st.progress(standing.fraction if standing else 0.0, text=standing.text if standing else "Reading")
        st.caption("The queue opens once the ranking is there; the map follows. You can close this tab.")
        if st.button("Stop", help="What is finished is kept, and used when you open the same source again."):
            DESK.stop(key)
        return
    box = st.info if standing.state == "stopped" else st.error
    box(layout.for_browser(standing.text))
    again, other = st.columns([1, 5])
    if again.button("Try again", type="primary"):
        DESK.retry(key)
        st.rerun()
    if other.button("Open something else"):
        st.switch_page("views/open_source/view.py")


st.markdown("# Opening")
st.text(str(request.source))
_standing(key)
