"""Rows of prototypes and criticisms, class by class."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypedDict, cast

from dashboard.shared.components import ClassEntry, Kind, SamplePicked, no_callback, register

_mount = register(__name__)


class PrototypesData(TypedDict):
    """What the rows show.

    Attributes
    ----------
    selected
        The row that is marked.
    peer
        Another rule whose prototypes are shown beside; None: no other.
    """

    study: str
    classes: tuple[ClassEntry, ...]
    selected: int | None
    peer: str | None
    kind: Kind


class PrototypesAction(TypedDict):
    """Something to be done with some of the samples shown.

    Attributes
    ----------
    rule
        By which they were picked.
    role
        Those in a role, or what one prototype stands for.
    label
        The class; None: all.
    row
        The prototype.
    first
        How many of each class are shown.
    """

    name: Literal["map", "review"]
    rule: str
    role: Literal["prototype", "criticism", "represented"]
    label: int | None
    row: int | None
    first: int
    seq: int


class PrototypesStates(TypedDict, total=False):
    """What the rows tell."""

    picked: SamplePicked
    action: PrototypesAction


@dataclass(frozen=True)
class PrototypeEvents:
    """What is to be done with some of the samples shown.

    Attributes
    ----------
    action : {'map', 'review'} or None
    rule : str
        By which rule they were picked.
    role : {'prototype', 'criticism', 'represented'}
        Which: those in a role, or what one prototype stands for.
    label : int or None
        The class; None: all.
    row : int or None
        The prototype.
    first : int
        How many of each class are shown.
    seq : int
        Grows, so that a page can tell a new event from one it has answered.
    """

    action: Literal["map", "review"] | None
    rule: str
    role: str
    label: int | None
    row: int | None
    first: int
    seq: int


def prototype_rows(
    study: str,
    classes: Sequence[ClassEntry],
    selected: int | None = None,
    *,
    peer: str | None = None,
    kind: Kind = "picture",
    key: str,
    on_picked: Callable[[], None] | None = None,
) -> PrototypeEvents:
    """Mount the rows.

    The browser fetches everything once; how many are shown is a slider of its own and costs no rerun.

    Parameters
    ----------
    study
        Short key of the study in ``/margin/<study>/``.
    classes
        Name and color of every class, in the order of their numbers.
    selected
        Row that is marked.
    peer
        Another rule of ``/margin/<study>/prototypes/<rule>`` whose rows are shown beside.
    kind
        What a sample is to the eye; without a picture its id is shown.
    key
        Streamlit's key of the component.
    on_picked
        Called before the rerun that the pick causes. `state.event` then has ``row`` under the name ``picked``.

    Returns
    -------
    PrototypeEvents
        Plain values.
    """
    states = _mount(
        key=key,
        data=PrototypesData(study=study, classes=tuple(classes), selected=selected, peer=peer, kind=kind),
        on_picked_change=on_picked or no_callback,
        on_action_change=no_callback,
    )
    action = cast("PrototypesStates", states).get("action")
    if action is None:
        return PrototypeEvents(action=None, rule="", role="", label=None, row=None, first=1, seq=0)
    return PrototypeEvents(
        action=action["name"],
        rule=action["rule"],
        role=action["role"],
        label=action["label"],
        row=action["row"],
        first=action["first"],
        seq=action["seq"],
    )
