"""What becomes of a map when the picture changes so little that nobody sees it."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.components.saliency import Way
from dashboard.components.shared import register
from margin_core.saliency import EPS

_mount = register("fragility")


def fragility_slider(
    study: str, row: int, target: int, ways: Sequence[Way], shades: Sequence[str], *, key: str
) -> None:
    """Mount the slider.

    Nothing is worked out before somebody asks for it; then the browser asks for every strength that it is moved to.

    Parameters
    ----------
    study
        Short key of the study in ``/margin/<study>/``.
    row
        The sample.
    target
        The class that the maps are for.
    ways
        Methods to choose from; those that follow gradients can be attacked, the others meet random signs only.
    shades
        Colours of a map, from low to high.
    key
        Streamlit's key of the component.
    """
    _mount(
        key=key,
        data={
            "study": study,
            "row": row,
            "target": target,
            "ways": tuple(ways),
            "shades": tuple(shades),
            "eps": EPS,
        },
    )
