"""Which page is shown; nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from dashboard.server.turns import turn
from dashboard.shared import layout, state
from dashboard.study.open_study import OpenStudy
from dashboard.study.registry import DESK

VIEWS = Path(__file__).with_name("views")
STUDY_PAGES = (
    "map", "review", "prototypes", "boundary", "trust", "bought", "invertible", "saliency", "export", "how-good",
)  # fmt: skip
Pages = list[st.Page]


def _page(folder: str, title: str, icon: str, path: str, *, default: bool = False) -> st.Page:
    return st.Page(VIEWS / folder / "view.py", title=title, icon=f":material/{icon}:", url_path=path, default=default)


def _page_to_open() -> Pages:
    return [_page("open_source", "Open", "folder_open", "open")]


def _pages_while_opening() -> Pages:
    first = _page("opening", "Opening", "hourglass_empty", "opening", default=True)
    # A page of the study that was reloaded meanwhile is found again once the study is there.
    script = VIEWS / "opening" / "view.py"
    later = [st.Page(script, title="Opening", url_path=path, visibility="hidden") for path in STUDY_PAGES]
    return [first, *_page_to_open(), *later]


def _pages_of_a_study() -> Pages:
    return [
        _page("overview", "Overview", "dashboard", "overview", default=True),
        _page("map", "Map", "scatter_plot", "map"),
        _page("label_review", "Suspect labels", "rule", "review"),
        _page("prototypes", "Typical and odd", "star_half", "prototypes"),
        _page("decision_boundary", "Decision boundary", "call_split", "boundary"),
        _page("counterfactuals", "Across the boundary", "route", "invertible"),
        _page("saliency", "What the model saw", "visibility", "saliency"),
        _page("label_error_estimate", "How far to trust it", "verified", "trust"),
        _page("correction_impact", "What did it buy?", "trending_up", "bought"),
        _page("export", "Export", "download", "export"),
        *_page_to_open(),
    ]


def _pages_with_truth() -> Pages:
    *pages, last = _pages_of_a_study()
    return [*pages, _page("benchmark", "How good is it?", "insights", "how-good"), last]


def _menu(key: str | None, opened: OpenStudy | None) -> Callable[[], Pages]:
    if opened is not None:
        return _pages_of_a_study if opened.audited.opened.truth is None else _pages_with_truth
    return _pages_while_opening if key else _page_to_open


with turn():
    st.set_page_config(page_title="MARGIN", page_icon=layout.ICON, layout="wide")
    st.logo(layout.LOGO, icon_image=layout.ICON, size="large")
    st.html(layout.STYLE)

    key = state.request_key()
    opened = DESK.opened(key) if key else None
    pages = state.pages(_menu(key, opened))
    chosen = st.navigation(pages)
    if opened is not None:
        layout.sidebar(opened, is_reviewing=chosen.url_path == "review")
    if state.has_turned():
        st.switch_page(pages[0])
    chosen.run()
