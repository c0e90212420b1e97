"""Rows of prototypes and criticisms, class by class."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from dashboard.shared.components import ClassEntry, register

_mount = register(__name__)


@dataclass(frozen=True)
class PrototypeEvents:
    """What is to be done with some of the samples shown.

    Attributes
    ----------
    action : {'map', 'review'} or None
    rule : str
        By which rule they were picked.
    role : {'prototype', 'criticism', 'stood_for'}
        Which: those in a role, or what one prototype stands for.
    label : int or None
        The class; None: all.
    row : int or None
        The prototype.
    first : int
        How many of each class are shown.
    seq : int
        Grows, so that a page can tell a new wish from one it has answered.
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
    kind: Literal["picture", "values", "text", "none"] = "picture",
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
        Name and colour of every class, in the order of their numbers.
    selected
        Row that is marked.
    peer
        Another rule of ``/margin/<study>/typical/<rule>`` whose rows are shown beside.
    kind
        What a sample is to the eye; without a picture its id is shown.
    key
        Streamlit's key of the component.
    on_picked
        Called before the rerun that the pick causes. `state.told` then has ``row`` under the name ``picked``.

    Returns
    -------
    PrototypeEvents
        Plain values.
    """
    state = _mount(
        key=key,
        data={"study": study, "classes": tuple(classes), "selected": selected, "peer": peer, "kind": kind},
        on_picked_change=on_picked or _nothing,
        on_action_change=_nothing,
    )
    action = cast("dict[str, Any]", state.get("action") or {})
    return PrototypeEvents(
        action=action.get("name"),
        rule=str(action.get("rule", "")),
        role=str(action.get("role", "")),
        label=action.get("label"),
        row=action.get("row"),
        first=int(action.get("first", 1)),
        seq=action.get("seq", 0),
    )


def _nothing() -> None:
    """Streamlit names a component's states by their callbacks; this one has nothing to add to the rerun."""
