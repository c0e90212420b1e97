"""Which page is shown; nothing else."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard import frame, state
from dashboard.desk import DESK

VIEWS = Path(__file__).with_name("views")
STUDY_PAGES = ("map", "review", "trust", "export", "how-good")

st.set_page_config(page_title="MARGIN", page_icon=frame.ICON, layout="wide")
st.logo(frame.LOGO, icon_image=frame.ICON, size="large")
st.html(frame.STYLE)

key = state.request_key()
opened = DESK.opened(key) if key else None
open_page = st.Page(VIEWS / "open_source.py", title="Open", icon=":material/folder_open:", url_path="open")

if opened is None:
    pages = [open_page]
    if key:
        opening = VIEWS / "opening.py"
        first = st.Page(opening, title="Opening", icon=":material/hourglass_empty:", default=True)
        # A page of the study that was reloaded meanwhile is found again once the study is there.
        later = [st.Page(opening, title="Opening", url_path=path, visibility="hidden") for path in STUDY_PAGES]
        pages = [first, open_page, *later]
    chosen = st.navigation(pages)
else:
    pages = [
        st.Page(VIEWS / "overview.py", title="Overview", icon=":material/dashboard:", default=True),
        st.Page(VIEWS / "map.py", title="Map", icon=":material/scatter_plot:", url_path="map"),
        st.Page(VIEWS / "review.py", title="Suspect labels", icon=":material/rule:", url_path="review"),
        st.Page(VIEWS / "trust.py", title="How far to trust it", icon=":material/verified:", url_path="trust"),
        st.Page(VIEWS / "export.py", title="Export", icon=":material/download:", url_path="export"),
    ]
    if opened.audited.opened.truth is not None:
        pages.append(
            st.Page(VIEWS / "how_good.py", title="How good is it?", icon=":material/insights:", url_path="how-good")
        )
    chosen = st.navigation([*pages, open_page])
    frame.sidebar(opened, is_reviewing=chosen.url_path == "review")
if state.has_turned():
    st.switch_page(pages[0])
chosen.run()
