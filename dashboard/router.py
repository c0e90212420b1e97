"""Which page is shown; nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from dashboard import frame, state
from dashboard.desk import DESK
from dashboard.open_study import OpenStudy
from dashboard.turns import turn

VIEWS = Path(__file__).with_name("views")
STUDY_PAGES = (
    "map", "review", "prototypes", "boundary", "trust", "bought", "invertible", "saliency", "export", "how-good",
)  # fmt: skip
Pages = list[st.Page]


def _page_to_open() -> Pages:
    return [st.Page(VIEWS / "open_source.py", title="Open", icon=":material/folder_open:", url_path="open")]


def _pages_while_opening() -> Pages:
    opening = VIEWS / "opening.py"
    first = st.Page(opening, title="Opening", icon=":material/hourglass_empty:", default=True)
    # A page of the study that was reloaded meanwhile is found again once the study is there.
    later = [st.Page(opening, title="Opening", url_path=path, visibility="hidden") for path in STUDY_PAGES]
    return [first, *_page_to_open(), *later]


def _pages_of_a_study() -> Pages:
    return [
        st.Page(VIEWS / "overview.py", title="Overview", icon=":material/dashboard:", default=True),
        st.Page(VIEWS / "map.py", title="Map", icon=":material/scatter_plot:", url_path="map"),
        st.Page(VIEWS / "review.py", title="Suspect labels", icon=":material/rule:", url_path="review"),
        st.Page(VIEWS / "prototypes.py", title="Typical and odd", icon=":material/star_half:", url_path="prototypes"),
        st.Page(VIEWS / "boundary.py", title="Decision boundary", icon=":material/call_split:", url_path="boundary"),
        st.Page(VIEWS / "invertible.py", title="Across the boundary", icon=":material/route:", url_path="invertible"),
        st.Page(VIEWS / "saliency.py", title="What the model saw", icon=":material/visibility:", url_path="saliency"),
        st.Page(VIEWS / "trust.py", title="How far to trust it", icon=":material/verified:", url_path="trust"),
        st.Page(VIEWS / "bought.py", title="What did it buy?", icon=":material/trending_up:", url_path="bought"),
        st.Page(VIEWS / "export.py", title="Export", icon=":material/download:", url_path="export"),
        *_page_to_open(),
    ]


def _pages_with_truth() -> Pages:
    *pages, last = _pages_of_a_study()
    how_good = st.Page(VIEWS / "how_good.py", title="How good is it?", icon=":material/insights:", url_path="how-good")
    return [*pages, how_good, last]


def _menu(key: str | None, opened: OpenStudy | None) -> Callable[[], Pages]:
    if opened is not None:
        return _pages_of_a_study if opened.audited.opened.truth is None else _pages_with_truth
    return _pages_while_opening if key else _page_to_open


with turn():
    st.set_page_config(page_title="MARGIN", page_icon=frame.ICON, layout="wide")
    st.logo(frame.LOGO, icon_image=frame.ICON, size="large")
    st.html(frame.STYLE)

    key = state.request_key()
    opened = DESK.opened(key) if key else None
    pages = state.pages(_menu(key, opened))
    chosen = st.navigation(pages)
    if opened is not None:
        frame.sidebar(opened, is_reviewing=chosen.url_path == "review")
    if state.has_turned():
        st.switch_page(pages[0])
    chosen.run()
