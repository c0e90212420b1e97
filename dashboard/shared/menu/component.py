"""The study that is open, how far its review is, and the pages with their counts: one element of every rerun."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict, cast

from dashboard.shared.components import VersionReported, no_callback, register

_mount = register(__name__)


class MenuPage(TypedDict):
    """A page of the menu.

    Attributes
    ----------
    path
        Names the page.
    address
        Where a new tab finds it.
    icon
        Its name among Material Symbols.
    count
        Shown beside the title; None: the page has none.
    followsDecisions
        Whether it shows by itself what others decide.
    """

    path: str
    address: str
    title: str
    icon: str
    count: int | None
    followsDecisions: bool


class MenuSection(TypedDict):
    """Pages under one title, which may be empty."""

    title: str
    pages: list[MenuPage]


class MenuStudy(TypedDict):
    """The study that is open, and how far its review is.

    Attributes
    ----------
    size
        Samples and classes, in words.
    features
        What the scores rest on, in words.
    decided
        Samples that were decided on.
    open
        Suspects that were not.
    skipped
        Samples that the decision was put off on.
    labeled
        Samples that have a label now.
    isRanked
        Whether the models know any label, so that some may be suspect.
    version
        Of the decisions that the page shows.
    """

    name: str
    size: str
    features: str
    decided: int
    open: int
    skipped: int
    labeled: int
    isRanked: bool
    version: int


class MenuData(TypedDict):
    """What the menu shows.

    Attributes
    ----------
    study
        Key of the study; empty for none.
    about
        None while no study is open.
    current
        Path of the page that is shown.
    """

    study: str
    about: MenuStudy | None
    sections: list[MenuSection]
    current: str


class PageChosen(TypedDict):
    """A page that was clicked."""

    path: str
    seq: int


class MenuStates(TypedDict, total=False):
    """What the menu reports: a page that was clicked, or that decisions made elsewhere are to be shown."""

    chosen: PageChosen
    refreshed: VersionReported


@dataclass(frozen=True)
class MenuEvents:
    """The page that was clicked last, by its path. ``seq`` grows, so that a new click differs from an answered one."""

    path: str | None
    seq: int


def menu(study: str, about: MenuStudy | None, sections: Sequence[MenuSection], current: str, *, key: str) -> MenuEvents:
    """Mount the menu.

    Parameters
    ----------
    study
        Key of the study; empty for none.
    about
        None while no study is open.
    sections
        In the order of the menu.
    current
        Path of the page that is shown.
    key
        Streamlit's key of the component.

    Returns
    -------
    MenuEvents
    """
    data = MenuData(study=study, about=about, sections=list(sections), current=current)
    states = cast(MenuStates, _mount(key=key, data=data, on_chosen_change=no_callback, on_refreshed_change=no_callback))
    chosen = states.get("chosen")
    return MenuEvents(None, 0) if chosen is None else MenuEvents(chosen["path"], chosen["seq"])
