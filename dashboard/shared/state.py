"""What one browser tab remembers between reruns: plain values and the menu only, and the only file that touches them.

What must outlive a reload is in the address (the study), in the database (decisions) or on the desk (studies, jobs).
"""

from __future__ import annotations

import getpass
from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboard.study.open_study import OpenStudy
from dashboard.study.registry import DESK

COLOUR = "colour"
"""Streamlit's key of the choice of colours on the map."""


def _get(name: str, otherwise: Any = None) -> Any:
    return st.session_state.get(f"margin_{name}", otherwise)


def _set(name: str, value: Any) -> None:
    st.session_state[f"margin_{name}"] = value


def request_key() -> str | None:
    """Return the key of what this tab looks at: named in the address, else what was asked for last."""
    known = DESK.requests
    named = st.query_params.get("study") or _get("request")
    if named not in known:
        named = next(reversed(known), None)
    if named is not None:
        _set("request", named)
        if st.query_params.get("study") != named:
            st.query_params["study"] = named
    return named


def look_at(request: str) -> None:
    """Turn this tab to another study."""
    st.query_params["study"] = request
    _set("request", request)
    of_a_study = ("picked", "selection", "walks_through", "reviewing", "pair", "plane", "looked", "left_off")
    for name in of_a_study:
        _set(name, None)
    _set("turned", True)


def has_turned() -> bool:
    """Say, once, that this tab has turned to another study: it goes to that study's first page."""
    turned = bool(_get("turned"))
    _set("turned", False)
    return turned


def pages(make: Callable[[], list[st.Page]]) -> list[st.Page]:
    """Return the pages of the menu, made once a tab: making them asks the file system about each, at every click."""
    name = f"menu {make.__name__}"
    if _get(name) is None:
        _set(name, make())
    made: list[st.Page] = _get(name)
    return made


def opened() -> OpenStudy:
    """Return the study of this tab; views run only once there is one."""
    key = request_key()
    found = DESK.opened(key) if key else None
    if found is None:
        st.stop()
    return found


def picked() -> int | None:
    """Return the row whose panel is shown."""
    row: int | None = _get("picked")
    return row


def pick(row: int | None) -> None:
    """Show a row's panel and ring it on the map."""
    _set("picked", row)


def selection() -> str | None:
    """Return the key of the selected samples."""
    key: str | None = _get("selection")
    return key


def select(key: str | None) -> None:
    """Select samples, by the key that the study keeps them under."""
    _set("selection", key)


def colour_by(channel: str) -> None:
    """Have the map coloured by a channel when it is shown next."""
    st.session_state[COLOUR] = channel


def reviewing() -> str | None:
    """Return the key of the selection that the review is limited to; None: everything."""
    key: str | None = _get("reviewing")
    return key


def review(key: str | None) -> None:
    """Limit the review to a selection, or lift the limit."""
    _set("reviewing", key)


def walks_through() -> str | None:
    """Return what is walked through on the page of the boundary: the samples or their features; None: nobody chose."""
    of: str | None = _get("walks_through")
    return of


def walk_through(of: str) -> None:
    """Say what is to be walked through."""
    _set("walks_through", of)


def pair() -> tuple[int, int] | None:
    """Return the two classes whose boundary is looked at; None: nobody chose."""
    chosen: tuple[int, int] | None = _get("pair")
    return chosen


def look_between(one: int, other: int) -> None:
    """Look at the boundary of two classes; a slice chosen for another pair is forgotten."""
    pair = (min(one, other), max(one, other))
    if _get("pair") != pair:
        _set("plane", None)
    _set("pair", pair)


def corners() -> tuple[int, int, int] | None:
    """Return the three samples that a slice is laid through; None: nobody chose."""
    rows: tuple[int, int, int] | None = _get("plane")
    return rows


def cut_through(rows: tuple[int, int, int] | None) -> None:
    """Say through which three samples a slice is to be laid."""
    _set("plane", rows)


def left_off() -> int | None:
    """Return, once, the row at which the review was left for a look at it elsewhere."""
    row: int | None = _get("left_off")
    _set("left_off", None)
    return row


def come_back_to(row: int | None) -> None:
    """Go on with the review at a row."""
    _set("left_off", row)


def looked() -> dict[str, Any]:
    """Return how maps are looked at: ``methods``; ``target`` and ``against`` of a ``row``; empty before a choice."""
    return dict(_get("looked") or {})


def look_by(chosen: dict[str, Any]) -> None:
    """Say how maps are to be looked at."""
    _set("looked", chosen)


def goal() -> int:
    """Return how many of 1,000 labels may be wrong when somebody stops."""
    return int(_get("goal", 10))


def set_goal(goal: int) -> None:
    """Say how many of 1,000 labels may be wrong when somebody stops."""
    _set("goal", goal)


def reviewer() -> str:
    """Return who decides."""
    return str(_get("reviewer") or getpass.getuser())


def name_reviewer(name: str) -> None:
    """Say who decides."""
    _set("reviewer", name.strip())


def is_new(gesture: str, seq: int) -> bool:
    """Say whether a component's gesture has not been answered yet, and mark it answered.

    A component repeats its last gesture with every rerun; its number tells a new one.
    """
    seen = _get("gestures", {})
    if seq <= seen.get(gesture, 0):
        return False
    _set("gestures", {**seen, gesture: seq})
    return True


def told(component: str, name: str) -> Any:
    """Return what a component told last, for its callback: that runs before the page does."""
    return st.session_state[component][name]


def is_changed(name: str, value: Any) -> bool:
    """Say whether a field holds something else than at the last rerun."""
    before = _get(f"last_{name}", "")
    _set(f"last_{name}", value)
    return bool(before != value)
