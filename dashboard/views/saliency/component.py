"""The component of the page Saliency: heatmaps of one sample by several methods, side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypedDict, cast

from dashboard.shared.components import ClassEntry, SamplePicked, no_callback, register

_mount = register(__name__)


class SaliencyMethod(TypedDict):
    """One method, as the browser shows it."""

    name: str
    title: str
    sentence: str
    follows: bool


class SaliencyData(TypedDict):
    """What is looked at.

    Attributes
    ----------
    available
        Methods that fit the study.
    methods
        Those that are shown.
    target, against
        The class, None: the predicted one; and a second one, whose heatmap is taken away, or None.
    classes
        Of the study.
    outputs
        What the outputs of the model mean, in their order.
    selection
        Key of what next and previous go through; None: the queue.
    palette, signedPalette
        Colors of a heatmap and of a difference of heatmaps, from low to high.
    """

    study: str
    row: int
    available: tuple[SaliencyMethod, ...]
    methods: tuple[str, ...]
    target: int | None
    against: int | None
    classes: tuple[ClassEntry, ...]
    outputs: tuple[str, ...]
    kind: Literal["picture", "values", "text"]
    selection: str | None
    palette: tuple[str, ...]
    signedPalette: tuple[str, ...]


class SaliencyChosen(TypedDict):
    """Methods and classes that were chosen; a class that is None is the predicted one, or none."""

    methods: list[str]
    target: int | None
    against: int | None
    row: int
    seq: int


class Measured(TypedDict):
    """A sample whose numbers are all known."""

    row: int
    methods: list[str]
    target: int
    seq: int


class SaliencyAction(TypedDict):
    """Where to go with a sample."""

    name: Literal["map", "review"]
    row: int
    seq: int


class SaliencyStates(TypedDict, total=False):
    """What the component sends to Python."""

    picked: SamplePicked
    chosen: SaliencyChosen
    measured: Measured
    action: SaliencyAction


@dataclass(frozen=True)
class SaliencyEvents:
    """Where to go with a row, and whose curves are known.

    Attributes
    ----------
    action : {'map', 'review'} or None
    row : int or None
    seq : int
        Grows, so that a page can tell a new event from one it has answered.
    measured : Measured or None
        ``row``, ``methods`` and ``target`` of heatmaps whose numbers are all there.
    """

    action: Literal["map", "review"] | None
    row: int | None
    seq: int
    measured: Measured | None


def saliency_heatmaps(
    study: str,
    row: int,
    available: Sequence[SaliencyMethod],
    methods: Sequence[str],
    target: int | None,
    against: int | None,
    classes: Sequence[ClassEntry],
    outputs: Sequence[str],
    *,
    kind: Literal["picture", "values", "text"],
    selection: str | None,
    shades: Sequence[str],
    signed: Sequence[str],
    key: str,
    on_picked: Callable[[], None] | None = None,
    on_chosen: Callable[[], None] | None = None,
) -> SaliencyEvents:
    """Mount the heatmaps.

    The browser asks for the heatmaps itself, and again until they are there; opacity, blinking, outlines and
    stepping from sample to sample cost no rerun.

    Parameters
    ----------
    study
        Short key of the study in ``/margin/<study>/``.
    row
        The sample.
    available
        Methods that fit the study.
    methods
        Those that are shown.
    target, against
        The class, None: the predicted one; and a second one, whose heatmap is taken away, or None.
    classes
        Name and color of every class of the study, in the order of their numbers.
    outputs
        What the outputs of the model mean, in their order.
    kind
        What a sample is.
    selection
        Key of the selection that next and previous go through; None: the queue.
    shades, signed
        Colors of a heatmap and of a difference of heatmaps, from low to high.
    key
        Streamlit's key of the component.
    on_picked, on_chosen
        Called before the rerun that a step or a choice causes. `state.event` then has ``row`` under the name
        ``picked``, or ``methods``, ``target`` and ``against`` under ``chosen``.

    Returns
    -------
    SaliencyEvents
        Plain values.
    """
    mounted = _mount(
        key=key,
        data=SaliencyData(
            study=study,
            row=row,
            available=tuple(available),
            methods=tuple(methods),
            target=target,
            against=against,
            classes=tuple(classes),
            outputs=tuple(outputs),
            kind=kind,
            selection=selection,
            palette=tuple(shades),
            signedPalette=tuple(signed),
        ),
        on_picked_change=on_picked or no_callback,
        on_chosen_change=on_chosen or no_callback,
        on_measured_change=no_callback,
        on_action_change=no_callback,
    )
    states = cast("SaliencyStates", mounted)
    action, measured = states.get("action"), states.get("measured")
    if action is None:
        return SaliencyEvents(action=None, row=None, seq=0, measured=measured)
    return SaliencyEvents(action["name"], action["row"], action["seq"], measured)
