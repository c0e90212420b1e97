"""Thumbnails of a selection, in its order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, TypedDict

from dashboard.shared.components import ClassEntry, Kind, SamplePicked, no_callback, register

_mount = register(__name__)

Caption = Literal["suggestion", "label"]
"""What stands with a thumbnail: its rank among suspect labels, its label and the suggested one; or its place in the
selection and its label, where the selection is ordered by something else than label errors."""


class ThumbnailGridData(TypedDict):
    """What the grid shows.

    Attributes
    ----------
    selection
        Key of the selection.
    total
        Samples in it.
    version
        Of the decisions.
    selected
        The row that is marked.
    """

    study: str
    selection: str
    total: int
    version: int
    classes: tuple[ClassEntry, ...]
    selected: int | None
    kind: Kind
    caption: Caption


class ThumbnailGridStates(TypedDict, total=False):
    """What the grid reports."""

    picked: SamplePicked


def thumbnail_grid(
    study: str,
    selection: str,
    total: int,
    version: int,
    classes: Sequence[ClassEntry],
    selected: int | None = None,
    *,
    kind: Kind = "picture",
    caption: Caption = "suggestion",
    key: str,
    on_picked: Callable[[], None] | None = None,
) -> None:
    """Mount the grid.

    Parameters
    ----------
    study
        Short key of the study in ``/margin/<study>/``.
    selection
        Key of the selection; the browser asks for its pages of 60 by itself.
    total
        Number of samples in it.
    version
        Version of the decisions; a change fetches the page again and stays on it.
    classes
        Name and color of every class, in the order of their numbers.
    selected
        Row that is marked.
    kind
        What a sample is to the eye; without a picture its id is shown.
    caption
        What stands with each thumbnail.
    key
        Streamlit's key of the component.
    on_picked
        Called before the rerun that the pick causes. `state.event` then has ``row`` under the name ``picked``.
    """
    _mount(
        key=key,
        data=ThumbnailGridData(
            study=study,
            selection=selection,
            total=total,
            version=version,
            classes=tuple(classes),
            selected=selected,
            kind=kind,
            caption=caption,
        ),
        on_picked_change=on_picked or no_callback,
    )
