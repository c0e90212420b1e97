"""A sample carried across the boundary of two classes, frame by frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, NotRequired, TypedDict, cast

from dashboard.shared.components import ClassEntry, SamplePicked, no_callback, register
from dashboard.study.payloads import SampleReference

_mount = register(__name__)


class SurrogateAgreement(TypedDict):
    """How far the network behind a path agrees with the model and with the labels, on held-out samples.

    Attributes
    ----------
    agreement
        Share of samples for which it predicts what the model predicts, in [0, 1]; None: not known.
    accuracy
        Share of samples for which it predicts the given label, in [0, 1]; None: not known.
    """

    agreement: float | None
    accuracy: float | None


class CounterfactualData(TypedDict):
    """What the component shows.

    Attributes
    ----------
    near
        Other samples to choose from, nearest to a boundary first.
    trained
        Whether the network has learned each class.
    space, trainingLabels
        Which network.
    """

    study: str
    row: int
    near: tuple[SampleReference, ...]
    classes: tuple[ClassEntry, ...]
    trained: tuple[bool, ...]
    surrogate: SurrogateAgreement
    space: str
    trainingLabels: str
    hasPictures: bool


class CounterfactualAction(TypedDict):
    """Where to go with a sample, or with the two classes of its path."""

    name: Literal["map", "review", "boundary"]
    row: int
    pair: NotRequired[tuple[int, int]]
    seq: int


class CounterfactualStates(TypedDict, total=False):
    """What the component reports."""

    picked: SamplePicked
    action: CounterfactualAction


@dataclass(frozen=True)
class CounterfactualEvents:
    """Where to go with a row: ``"map"`` or ``"review"``, or with the pair of classes of its path: ``"boundary"``.

    ``seq`` grows, so that a new event differs from an old one.
    """

    action: Literal["map", "review", "boundary"] | None
    row: int | None
    pair: tuple[int, int] | None
    seq: int


def counterfactual_path(
    study: str,
    row: int,
    near: Sequence[SampleReference],
    classes: Sequence[ClassEntry],
    trained: Sequence[bool],
    surrogate: SurrogateAgreement,
    *,
    space: str,
    training_labels: str,
    has_pictures: bool,
    key: str,
    on_picked: Callable[[], None] | None = None,
) -> CounterfactualEvents:
    """Mount the component that shows a path.

    The browser fetches all frames of a path at once and steps through them by itself. Only the choice of another
    sample, and where to go with it, is told to Python.

    Parameters
    ----------
    study
        Short key of the study in ``/margin/<study>/``.
    row
        The sample.
    near
        Other samples to choose from, nearest to a boundary first.
    classes
        Name and color of every class, in the order of their numbers.
    trained
        Whether the network has learned each class; others have no boundary.
    surrogate
        How far that network agrees with the model and with the labels.
    space, training_labels
        Which network, as in `margin_core.tasks.invertible.Surrogate`.
    has_pictures
        Whether samples can be shown as thumbnails.
    key
        Streamlit's key of the component.
    on_picked
        Called before the rerun that a pick causes. `state.event` then has ``row`` under the name ``picked``.

    Returns
    -------
    CounterfactualEvents
        Plain values.
    """
    states = _mount(
        key=key,
        data=CounterfactualData(
            study=study,
            row=row,
            near=tuple(near),
            classes=tuple(classes),
            trained=tuple(trained),
            surrogate=surrogate,
            space=space,
            trainingLabels=training_labels,
            hasPictures=has_pictures,
        ),
        on_picked_change=on_picked or no_callback,
        on_action_change=no_callback,
    )
    action = cast("CounterfactualStates", states).get("action")
    if action is None:
        return CounterfactualEvents(action=None, row=None, pair=None, seq=0)
    pair = action.get("pair")
    return CounterfactualEvents(
        action=action["name"], row=action["row"], pair=(pair[0], pair[1]) if pair else None, seq=action["seq"]
    )
