"""What becomes of a heatmap when the picture changes so little that nobody sees it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypedDict

from dashboard.shared.components import ClassEntry, SamplePicked, register
from dashboard.views.saliency.component import SaliencyMethod
from margin_core.tasks.saliency.fragility.kinds import EPS

_mount = register(__name__)


class FragilityData(TypedDict):
    """Whose heatmap is put to the test.

    Attributes
    ----------
    target
        The class that the heatmaps are for.
    palette
        Colors of a heatmap, from low to high.
    eps
        Largest changes of a value, of 255, that can be chosen.
    noExamples
        Why the samples that support a prediction are unknown; empty when they are known.
    """

    study: str
    row: int
    target: int
    available: tuple[SaliencyMethod, ...]
    palette: tuple[str, ...]
    eps: tuple[int, ...]
    classes: tuple[ClassEntry, ...]
    noExamples: str


class FragilityStates(TypedDict, total=False):
    """What the slider reports."""

    picked: SamplePicked


def fragility_slider(
    study: str,
    row: int,
    target: int,
    available: Sequence[SaliencyMethod],
    shades: Sequence[str],
    classes: Sequence[ClassEntry],
    *,
    no_examples: str,
    key: str,
    on_picked: Callable[[], None],
) -> None:
    """Mount the slider.

    Nothing is worked out before somebody asks for it; then the browser asks for every strength that it is moved to, and
    for all of them when somebody wants the lines.

    Parameters
    ----------
    study
        Short key of the study in ``/margin/<study>/``.
    row
        The sample.
    target
        The class that the heatmaps are for.
    available
        Methods to choose from; those that follow gradients can be attacked, the others meet random signs only.
    shades
        Colors of a heatmap, from low to high.
    classes
        Name and color of every class of the study, in the order of their numbers.
    no_examples
        Why the samples that support a prediction are unknown; empty when they are known.
    key
        Streamlit's key of the component.
    on_picked
        Called before the rerun that a click on a sample causes. `state.event` then has ``row`` under the name
        ``picked``.
    """
    _mount(
        key=key,
        data=FragilityData(
            study=study,
            row=row,
            target=target,
            available=tuple(available),
            palette=tuple(shades),
            eps=EPS,
            classes=tuple(classes),
            noExamples=no_examples,
        ),
        on_picked_change=on_picked,
    )
