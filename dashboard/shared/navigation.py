"""Going from one page to another. Views name each other by their paths only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

import streamlit as st

from dashboard.shared import state, wording
from dashboard.study.cards import neighbors_of
from dashboard.study.open_study import OpenStudy
from dashboard.study.selections import keep_selection
from margin_core.values import Ints


def open_page(path: str) -> NoReturn:
    """Open the page of a path."""
    st.switch_page(state.page(path), query_params=state.address())


def show_on_map(opened: OpenStudy, rows: Ints, title: str, *, is_ranked: bool = False) -> NoReturn:
    """Select some samples and open the map, where they are listed: in this order, or the most suspect first."""
    state.SELECTION.set(keep_selection(opened, rows, title, is_ranked=is_ranked))
    open_page("map")


def review_all() -> NoReturn:
    """Open the review of all suspects."""
    state.REVIEWED.set(None)
    open_page("review")


def review_samples(opened: OpenStudy, rows: Ints | Sequence[int], title: str) -> NoReturn:
    """Open the review of some samples."""
    state.REVIEWED.set(keep_selection(opened, rows, title))
    open_page("review")


def follow_sample(opened: OpenStudy, action: str | None, row: int) -> NoReturn:
    """Do what was chosen for a sample: show it on another page, review it with its neighbors, or look at it here."""
    match action:
        case "review":
            review_samples(opened, [row, *neighbors_of(opened, row)], wording.near(opened.study.ids[row]))
        case path if path in dict(state.SAMPLE_PAGES.get()):
            state.PICKED.set(row)
            open_page(path)
        case _:
            state.PICKED.set(row)
            st.rerun()
