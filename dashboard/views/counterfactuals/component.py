"""A sample carried across the boundary of two classes, frame by frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypedDict, cast

from dashboard.shared.components import ClassEntry, register

_mount = register(__name__)


class Trust(TypedDict):
    """How far to trust the network behind a walk; a share that is not known is None."""

    agreement: float | None
    accuracy: float | None


@dataclass(frozen=True)
class WalkEvents:
    """Where to go with a row: ``"map"`` or ``"review"``, or with the pair of classes of its walk: ``"boundary"``.

    ``seq`` grows, so that a new wish is told from an old one.
    """

    action: Literal["map", "review", "boundary"] | None
    row: int | None
    pair: tuple[int, int] | None
    seq: int


def boundary_walk(
    study: str,
    row: int,
    near: Sequence[tuple[int, str]],
    classes: Sequence[ClassEntry],
    learnt: Sequence[bool],
    trust: Trust,
    *,
    of: str,
    learn_from: str,
    has_pictures: bool,
    key: str,
    on_picked: Callable[[], None] | None = None,
) -> WalkEvents:
    """Mount the walk.

    The browser fetches all frames of a walk at once and steps through them by itself. Only the choice of another
    sample, and where to go with it, is told to Python.

    Parameters
    ----------
    study
        Short key of the study in ``/margin/<study>/``.
    row
        The sample.
    near
        Other samples to choose from, row and id, nearest to a boundary first.
    classes
        Name and colour of every class, in the order of their numbers.
    learnt
        Whether the network has learnt each class; others have no boundary.
    trust
        How good it is.
    of, learn_from
        Which network, as in `margin_core.invertible.Surrogate`.
    has_pictures
        Whether samples can be shown as thumbnails.
    key
        Streamlit's key of the component.
    on_picked
        Called before the rerun that a pick causes. `state.told` then has ``row`` under the name ``picked``.

    Returns
    -------
    WalkEvents
        Plain values.
    """
    state = _mount(
        key=key,
        data={
            "study": study,
            "row": row,
            "near": tuple(near),
            "classes": tuple(classes),
            "learnt": tuple(learnt),
            "trust": trust,
            "of": of,
            "learnFrom": learn_from,
            "hasPictures": has_pictures,
        },
        on_picked_change=on_picked or _nothing,
        on_action_change=_nothing,
    )
    action = cast("dict[str, Any]", state.get("action") or {})
    pair = action.get("pair")
    return WalkEvents(
        action=action.get("name"),
        row=action.get("row"),
        pair=(pair[0], pair[1]) if pair else None,
        seq=action.get("seq", 0),
    )


def _nothing() -> None:
    """Streamlit names a component's states by their callbacks; this one has nothing to add to the rerun."""
