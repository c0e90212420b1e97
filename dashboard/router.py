"""Which page is shown, read off `VIEWS`; nothing else."""

from __future__ import annotations

import streamlit as st

from dashboard.server.turns import TURNS
from dashboard.shared import layout, state
from dashboard.study import registry
from dashboard.study.open_study import OpenStudy
from dashboard.views import OPENING, VIEWS
from dashboard.views.base import View


def views_shown(opened: OpenStudy | None, *, is_opening: bool) -> tuple[View, ...]:
    """Select the views of the menu; the first is where a tab begins."""
    if opened is not None:
        return tuple(view for view in VIEWS if not view.needs_study or view.is_shown(opened))
    without_study = tuple(view for view in VIEWS if not view.needs_study)
    return (OPENING, *without_study) if is_opening else without_study


def pages_of(shown: tuple[View, ...]) -> dict[str, st.Page]:
    """Make the page of each view, by its path."""
    pages = {
        view.path: st.Page(
            view.page, title=view.title, icon=f":material/{view.icon}:", url_path=view.path, default=view is shown[0]
        )
        for view in shown
    }
    if OPENING in shown:
        # A page of the study that was reloaded meanwhile is found again once the study is there.
        pages |= {
            view.path: st.Page(OPENING.page, title=OPENING.title, url_path=view.path, visibility="hidden")
            for view in VIEWS[1:]
            if view not in shown
        }
    return pages


def sections_of(shown: tuple[View, ...], pages: dict[str, st.Page]) -> dict[str, list[st.Page]]:
    """Group pages by the section of their view; a hidden page stands in the section of the first."""
    section_of = {view.path: str(view.section) for view in shown}
    sections: dict[str, list[st.Page]] = {}
    for path, page in pages.items():
        sections.setdefault(section_of.get(path, str(shown[0].section)), []).append(page)
    return sections


with TURNS.turn():
    st.set_page_config(page_title="MARGIN", page_icon=layout.ICON, layout="wide")
    st.logo(layout.LOGO, icon_image=layout.ICON, size="large")
    st.html(layout.STYLE)

    key = state.request_key()
    opened = registry.STUDIES.opened(key) if key else None
    shown = views_shown(opened, is_opening=bool(key))
    # Made once a tab: making a page asks the file system, at every click.
    pages = state.pages(" ".join(view.path for view in shown), lambda: pages_of(shown))
    chosen = st.navigation(sections_of(shown, pages), expanded=True)
    if opened is not None:
        layout.sidebar(
            opened, shows_progress=not any(view.shows_progress for view in shown if view.path == chosen.url_path)
        )
    if state.pop_study_changed():
        st.switch_page(pages[shown[0].path])
    chosen.run()
