"""The panel of one sample, the same beside every page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypedDict, cast

from dashboard.shared.components import ClassEntry, Kind, no_callback, register

_mount = register(__name__)


class SamplePanelData(TypedDict):
    """What the panel shows.

    Attributes
    ----------
    row
        None: the most suspect samples are offered.
    version
        Of the decisions.
    hasSaliency
        Whether heatmaps of the samples can be computed.
    gestures
        How to pick a sample on this page: a gesture and what it does.
    """

    study: str
    row: int | None
    classes: tuple[ClassEntry, ...]
    version: int
    kind: Kind
    hasSaliency: bool
    gestures: tuple[tuple[str, str], ...]


class SampleAction(TypedDict):
    """Something to be done with a sample."""

    name: Literal["map", "review", "saliency", "open"]
    row: int
    seq: int


class SamplePanelStates(TypedDict, total=False):
    """What the panel reports."""

    action: SampleAction


@dataclass(frozen=True)
class SampleEvents:
    """What is to be done with a row.

    ``"map"``: show it there; ``"review"``: decide about it; ``"saliency"``: show its heatmaps; ``"open"``:
    look at it (a neighbor was clicked). ``seq`` grows, so that a page can tell a new event from one it has answered.
    """

    action: Literal["map", "review", "saliency", "open"] | None
    row: int | None
    seq: int


def sample_panel(
    study: str,
    row: int | None,
    classes: Sequence[ClassEntry],
    version: int = 0,
    *,
    kind: Kind = "picture",
    has_saliency: bool,
    gestures: Sequence[tuple[str, str]] = (),
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
    has_saliency
        Whether heatmaps of the samples can be computed.
    gestures
        How to pick a sample on this page: a gesture and what it does.
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
            hasSaliency=has_saliency,
            gestures=tuple(gestures),
        ),
        on_action_change=on_action or no_callback,
    )
    action = cast("SamplePanelStates", states).get("action")
    return SampleEvents(action["name"], action["row"], action["seq"]) if action else SampleEvents(None, None, 0)
