"""Which page is shown; nothing else. What there is to show is read off `VIEWS` by `dashboard.menu`."""

from __future__ import annotations

import streamlit as st

from dashboard.menu import about_study, listed_views, menu_sections, page_scripts, sample_pages
from dashboard.server.rerun_queue import RERUN_QUEUE
from dashboard.shared import layout, state
from dashboard.shared.menu.component import menu
from dashboard.study import registry
from dashboard.study.open_study import OpenStudy
from dashboard.views import OPENING, VIEWS


def pages_of(opened: OpenStudy | None, *, is_opening: bool) -> dict[str, st.Page]:
    """Make the page of each view, by its path; the first is where a tab begins."""
    return {
        view.path: st.Page(script, title=view.title, url_path=view.path, default=not n)
        for n, (view, script) in enumerate(page_scripts(opened, is_opening=is_opening).items())
    }


with RERUN_QUEUE.turn():
    st.logo(layout.LOGO, icon_image=layout.ICON, size="large")
    st.html(layout.STYLE)

    key = state.request_key()
    opened = registry.STUDIES.opened(key) if key else None
    listed = listed_views(opened, is_opening=bool(key))
    # Made once a tab: making a page asks the file system, at every click.
    pages = state.pages(" ".join(view.path for view in listed), lambda: pages_of(opened, is_opening=bool(key)))
    chosen = st.navigation(list(pages.values()), position="hidden")
    shown = next(view for view in (OPENING, *VIEWS) if pages.get(view.path) is chosen)
    state.SAMPLE_PAGES.set(sample_pages(listed, opened, shown))
    st.set_page_config(page_title=f"{shown.title} · MARGIN", page_icon=layout.ICON, layout="wide")
    with st.sidebar:
        clicked = menu(
            opened.key if opened else "", about_study(opened) if opened else None,
            menu_sections(listed, opened, key), shown.path, key="menu",
        )  # fmt: skip
    if state.pop_study_changed():
        st.switch_page(pages[listed[0].path], query_params=state.address())
    if clicked.path in pages and state.is_new("menu", clicked.seq):
        st.switch_page(pages[clicked.path], query_params=state.address())
    if opened is not None:
        layout.sidebar_fields(opened)
    layout.unknown_address()
    missing = shown.missing(opened) if opened is not None else None
    if missing is not None:
        layout.show_missing(shown, missing)
    else:
        chosen.run()
