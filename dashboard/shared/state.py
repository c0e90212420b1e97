"""What one browser tab remembers between reruns: plain values and the menu only, and the only file that touches them.

What must outlive a reload is in the address (the study), in the database (decisions) or in the registry (studies,
jobs).
"""

from __future__ import annotations

import getpass
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import streamlit as st

from dashboard.study import registry
from dashboard.study.open_study import OpenStudy

T = TypeVar("T")

COLOR = "color"
"""Streamlit's key of the choice of colors on the map."""

_OF_STUDY = "margin_study_"
_OF_TAB = "margin_tab_"


@dataclass(frozen=True)
class Remembered(Generic[T]):
    """A plain value that a tab remembers between reruns.

    Attributes
    ----------
    name : str
    default : T
        What it is before it was set.
    is_of_study : bool
        Whether it is forgotten when the tab turns to another study.
    """

    name: str
    default: T
    is_of_study: bool = True

    def get(self) -> T:
        """Return the value."""
        value: T = st.session_state.get(self.key, self.default)
        return value

    def set(self, value: T) -> None:
        """Store a value."""
        st.session_state[self.key] = value

    def pop(self) -> T:
        """Return the value, once: afterwards it is the default again."""
        value = self.get()
        self.set(self.default)
        return value

    @property
    def key(self) -> str:
        """Return its name in the state of a tab."""
        return f"{_OF_STUDY if self.is_of_study else _OF_TAB}{self.name}"


PICKED = Remembered[int | None]("picked", None)
"""The row whose panel is shown, and which is ringed on the map."""

SELECTION = Remembered[str | None]("selection", None)
"""Key of the selected samples, which the map lists."""

REVIEWED = Remembered[str | None]("reviewed", None)
"""Key of the selection that the review is limited to; None: everything."""

RESUME_AT = Remembered[int | None]("resume_at", None)
"""The row at which the review was left for a look at it elsewhere."""

PAIR = Remembered[tuple[int, int] | None]("pair", None)
"""The two classes whose boundary is looked at, the smaller number first; None: nobody chose."""

SAMPLE_PAGES = Remembered[tuple[tuple[str, str], ...]]("sample_pages", (), is_of_study=False)
"""Path of each page to which the panel of a sample leads, and what its button is called."""

FIRST_GOAL = 10
GOAL = Remembered[int]("goal", FIRST_GOAL, is_of_study=False)
"""Of 1,000 labels so many may be wrong when somebody stops."""

REQUEST = Remembered[str | None]("request", None, is_of_study=False)
_STUDY_CHANGED = Remembered[bool]("study_changed", False, is_of_study=False)
REVIEWER = Remembered[str]("reviewer", "", is_of_study=False)
_GESTURES = Remembered[dict[str, int]]("gestures", {}, is_of_study=False)
_PATHS = Remembered[str]("paths", "", is_of_study=False)


def request_key() -> str | None:
    """Return the key of the request that this tab shows: named in the address, else the last study that is open."""
    known = registry.STUDIES.requests
    named = st.query_params.get("study") or REQUEST.get()
    if named not in known:
        named = registry.STUDIES.latest
    if named is not None:
        REQUEST.set(named)
        if st.query_params.get("study") != named:
            st.query_params["study"] = named
    return named


def address() -> dict[str, str]:
    """Return what an address says besides its page: it goes along to the next one, in one entry of the history."""
    key = request_key()
    return {} if key is None else {"study": key}


def change_study(request: str) -> None:
    """Select another study in this tab."""
    st.query_params["study"] = request
    REQUEST.set(request)
    for key in [key for key in st.session_state if str(key).startswith(_OF_STUDY)]:
        del st.session_state[key]
    _STUDY_CHANGED.set(True)


def pop_study_changed() -> bool:
    """Return, once, whether this tab has turned to another study: it goes to that study's first page."""
    return _STUDY_CHANGED.pop()


def opened() -> OpenStudy:
    """Return the study of this tab; views run only once there is one."""
    key = request_key()
    found = registry.STUDIES.opened(key) if key else None
    if found is None:
        st.stop()
    return found


def pages(paths: str, make: Callable[[], dict[str, st.Page]]) -> dict[str, st.Page]:
    """Return the pages of the menu by their path, made once a tab for each set of them."""
    _PATHS.set(paths)
    kept = Remembered[dict[str, st.Page] | None](f"pages {paths}", None, is_of_study=False)
    made = kept.get()
    if made is None:
        made = make()
        kept.set(made)
    return made


def page(path: str) -> st.Page:
    """Return a page of the menu by its path."""
    made: dict[str, st.Page] = Remembered[Any](f"pages {_PATHS.get()}", {}, is_of_study=False).get()
    return made[path]


def chosen_color() -> str | None:
    """Return the channel that the map is colored by; None before one was chosen."""
    chosen: str | None = st.session_state.get(COLOR)
    return chosen


def choose_color(channel: str) -> None:
    """Select the channel that colors the map when it is shown next."""
    st.session_state[COLOR] = channel


def choose_pair(one: int, other: int) -> None:
    """Select the boundary of two classes."""
    PAIR.set((min(one, other), max(one, other)))


def reviewer() -> str:
    """Return who decides."""
    return REVIEWER.get() or getpass.getuser()


def set_reviewer(name: str) -> None:
    """Set who decides."""
    REVIEWER.set(name.strip())


def is_new(gesture: str, seq: int) -> bool:
    """Return whether a component's gesture has not been handled yet, and mark it handled.

    A component repeats its last gesture with every rerun; its number distinguishes a new one.
    """
    handled = _GESTURES.get()
    if seq <= handled.get(gesture, 0):
        return False
    _GESTURES.set({**handled, gesture: seq})
    return True


def event(component: str, name: str) -> Any:
    """Return the last event of a component, for its callback: that runs before the page does."""
    return st.session_state[component][name]


def is_changed(name: str, value: Any) -> bool:
    """Return whether a field holds something else than at the last rerun."""
    last = Remembered[Any](f"last_{name}", "", is_of_study=False)
    before = last.get()
    last.set(value)
    return bool(before != value)
