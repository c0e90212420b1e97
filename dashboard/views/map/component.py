"""The map of samples: up to a million points, a lasso that returns only its outline."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, NotRequired, TypedDict

from dashboard.shared.components import ClassEntry, Kind, SamplePicked, no_callback, register

_mount = register(__name__)


class LegendEntry(TypedDict):
    """A class or a state with its color, and how many samples have it."""

    label: int
    name: str
    color: str
    count: NotRequired[int]


class ClassLegend(TypedDict):
    """Classes with their colors; ``chosen`` is the class whose entry is pressed."""

    kind: Literal["classes"]
    title: str
    entries: list[LegendEntry]
    chosen: NotRequired[int | None]


class ScoreLegend(TypedDict):
    """A score from ``low`` to ``high`` along the palette, as they are to be printed; higher points lie on top."""

    kind: Literal["score"]
    title: str
    low: str
    high: str


class MapData(TypedDict):
    """What the map shows.

    Attributes
    ----------
    n
        Samples.
    channel
        One byte a sample: index into the palette, 255 for none.
    palette
        At most 255 colors ``"#rrggbb"``.
    version
        Of the channel.
    mask
        Key of a filter; samples that do not match are grayed out.
    selected
        The row that is ringed.
    hasList
        Whether samples are listed below the map, which then leaves them a part of the window.
    """

    study: str
    n: int
    channel: str
    palette: tuple[str, ...]
    legend: ClassLegend | ScoreLegend
    classes: tuple[ClassEntry, ...]
    version: int
    mask: str | None
    selected: int | None
    hasList: bool
    kind: Kind


class Lasso(TypedDict):
    """An outline in map coordinates, closed by itself; empty after Escape."""

    polygon: list[tuple[float, float]]
    seq: int


class LegendChosen(TypedDict):
    """The entry that was pressed."""

    label: int
    seq: int


class MapStates(TypedDict, total=False):
    """What the map reports."""

    lasso: Lasso
    picked: SamplePicked
    legend: LegendChosen


def sample_map(
    study: str,
    n: int,
    channel: str,
    palette: Sequence[str],
    legend: ClassLegend | ScoreLegend,
    classes: Sequence[ClassEntry],
    version: int = 0,
    mask: str | None = None,
    selected: int | None = None,
    has_list: bool = False,
    *,
    kind: Kind = "picture",
    key: str,
    on_lasso: Callable[[], None] | None = None,
    on_picked: Callable[[], None] | None = None,
    on_legend: Callable[[], None] | None = None,
) -> None:
    """Mount the map.

    Points, colors and mask come over HTTP and are kept by the browser; of what changes, only the one byte per point
    that changed is asked for again. Nothing is sent back but an outline, a row or a class.

    Parameters
    ----------
    study
        Short key of the study in ``/margin/<study>/``.
    n
        Number of samples.
    channel
        Name of the color channel, one byte per sample: index into ``palette``, 255 for none.
    palette
        At most 255 colors ``"#rrggbb"``.
    legend
        What the colors mean.
    classes
        Name and color of every class, for the sample under the pointer.
    version
        Version of the channel; raise it when the channel's values change.
    mask
        Key of a filter; samples that do not match are grayed out, never removed.
    selected
        Row that is ringed, and brought into view when it changes.
    has_list
        Whether samples are listed below the map, which then leaves them a part of the window.
    kind
        What a sample is to the eye: shown under the pointer.
    key
        Streamlit's key of the component.
    on_lasso, on_picked, on_legend
        Called before the rerun that the gesture causes. `state.event` then has, under the names ``lasso``,
        ``picked`` and ``legend``: ``polygon``, pairs of map coordinates, closed by itself and empty after Escape;
        ``row``; ``class``.
    """
    _mount(
        key=key,
        data=MapData(
            study=study,
            n=n,
            channel=channel,
            palette=tuple(palette),
            legend=legend,
            classes=tuple(classes),
            version=version,
            mask=mask,
            selected=selected,
            hasList=has_list,
            kind=kind,
        ),
        on_lasso_change=on_lasso or no_callback,
        on_picked_change=on_picked or no_callback,
        on_legend_change=on_legend or no_callback,
    )
