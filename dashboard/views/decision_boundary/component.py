"""The samples between two classes in a row, and which classes touch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypedDict, cast

from dashboard.shared.components import ClassEntry, Kind, SamplePicked, no_callback, register

_mount = register(__name__)


class BoundaryData(TypedDict):
    """What the component shows.

    Attributes
    ----------
    view
        As in the address of the pairs.
    pair
        The two classes; None: those that touch most.
    selected
        The row that is marked.
    """

    study: str
    view: str
    pair: tuple[int, int] | None
    classes: tuple[ClassEntry, ...]
    selected: int | None
    kind: Kind


class PairChosen(TypedDict):
    """Two classes, the smaller number first."""

    pair: tuple[int, int]
    seq: int


class BoundaryAction(TypedDict):
    """Something to be done with the samples shown, or for ``counterfactual`` with one of them.

    Attributes
    ----------
    first
        How many are shown.
    """

    name: Literal["map", "review", "counterfactual"]
    row: int | None
    first: int
    seq: int


class BoundaryStates(TypedDict, total=False):
    """What the component reports."""

    pair: PairChosen
    picked: SamplePicked
    action: BoundaryAction


@dataclass(frozen=True)
class BoundaryEvents:
    """What is to be done with the samples shown, or with one of them.

    Attributes
    ----------
    action : {'map', 'review', 'counterfactual'} or None
        ``counterfactual``: carry the sample `row` across; the others are about the first so many.
    row : int or None
    first : int
        How many are shown.
    seq : int
        Grows, so that a page can tell a new event from one it has answered.
    """

    action: Literal["map", "review", "counterfactual"] | None
    row: int | None
    first: int
    seq: int


def boundary_samples(
    study: str,
    view: str,
    pair: tuple[int, int] | None,
    classes: Sequence[ClassEntry],
    selected: int | None = None,
    *,
    kind: Kind = "picture",
    key: str,
    on_pair: Callable[[], None] | None = None,
    on_picked: Callable[[], None] | None = None,
) -> BoundaryEvents:
    """Mount the component.

    The browser fetches the pairs once and the samples of a pair when it is chosen; how many are shown is a slider of
    its own and costs no rerun.

    Parameters
    ----------
    study
        Short key of the study in ``/margin/<study>/``.
    view
        What is shown, as in ``/margin/<study>/boundary/<view>``.
    pair
        The two classes; None: those that touch most.
    classes
        Name and color of every class, in the order of their numbers.
    selected
        Row that is marked.
    kind
        What a sample is to the eye; without a picture its id is shown.
    key
        Streamlit's key of the component.
    on_pair, on_picked
        Called before the rerun that a choice causes. `state.event` then has ``pair`` under the name ``pair``,
        or ``row`` under ``picked``.

    Returns
    -------
    BoundaryEvents
        Plain values.
    """
    states = _mount(
        key=key,
        data=BoundaryData(study=study, view=view, pair=pair, classes=tuple(classes), selected=selected, kind=kind),
        on_pair_change=on_pair or no_callback,
        on_picked_change=on_picked or no_callback,
        on_action_change=no_callback,
    )
    action = cast("BoundaryStates", states).get("action")
    if action is None:
        return BoundaryEvents(action=None, row=None, first=1, seq=0)
    return BoundaryEvents(action["name"], action["row"], action["first"], action["seq"])
