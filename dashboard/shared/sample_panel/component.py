"""The panel of one sample, the same beside every page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypedDict, cast

from dashboard.shared.components import ClassEntry, Kind, no_callback, register

_mount = register(__name__)


class NearestSample(TypedDict):
    """A sample of another study that is shown under the one that is picked.

    Attributes
    ----------
    title
        What it is to the picked one.
    label
        Name of its class; empty: none.
    picture
        Address of its picture below that of the study; empty: it is none, or cannot be shown.
    excerpt
        Its text or values, where it is no picture.
    """

    title: str
    id: str
    label: str
    picture: str
    excerpt: str


class SamplePanelData(TypedDict):
    """What the panel shows.

    Attributes
    ----------
    row
        None: the most suspect samples are offered.
    version
        Of the decisions.
    pages
        Path of each page that shows this sample, and what its button is called.
    gestures
        How to pick a sample on this page: a gesture and what it does.
    nearest
        Of the row; None: there is nothing to show under it.
    """

    study: str
    row: int | None
    classes: tuple[ClassEntry, ...]
    version: int
    kind: Kind
    pages: tuple[tuple[str, str], ...]
    gestures: tuple[tuple[str, str], ...]
    nearest: NearestSample | None


class SampleAction(TypedDict):
    """Something to be done with a sample."""

    name: str
    row: int
    seq: int


class SamplePanelStates(TypedDict, total=False):
    """What the panel reports."""

    action: SampleAction


@dataclass(frozen=True)
class SampleEvents:
    """What is to be done with a row.

    ``"review"``: decide about it; ``"open"``: look at it (a neighbor was clicked); the path of a page: show it there.
    ``seq`` grows, so that a page can tell a new event from one it has answered.
    """

    action: str | None
    row: int | None
    seq: int


def sample_panel(
    study: str,
    row: int | None,
    classes: Sequence[ClassEntry],
    version: int = 0,
    *,
    kind: Kind = "picture",
    pages: Sequence[tuple[str, str]] = (),
    gestures: Sequence[tuple[str, str]] = (),
    nearest: NearestSample | None = None,
    key: str,
    on_action: Callable[[], None] | None = None,
) -> SampleEvents:
    """Mount the panel.

    Parameters
    ----------
    study
        Short key of the study in ``/margin/<study>/``.
    row
        The sample; with none, the panel offers the most suspect ones and says how else to choose.
    classes
        Name and color of every class, in the order of their numbers.
    version
        Version of the decisions; a change fetches the sample again.
    kind
        What a sample is to the eye.
    pages
        Path of each page that shows this sample, and what its button is called.
    gestures
        How to pick a sample on this page: a gesture and what it does.
    nearest
        A sample of another study that is shown under this one.
    key
        Streamlit's key of the component.
    on_action
        Called before the rerun that the action causes.

    Returns
    -------
    SampleEvents
        Plain values.
    """
    states = _mount(
        key=key,
        data=SamplePanelData(
            study=study,
            row=row,
            classes=tuple(classes),
            version=version,
            kind=kind,
            pages=tuple(pages),
            gestures=tuple(gestures),
            nearest=nearest,
        ),
        on_action_change=on_action or no_callback,
    )
    action = cast("SamplePanelStates", states).get("action")
    return SampleEvents(action["name"], action["row"], action["seq"]) if action else SampleEvents(None, None, 0)
