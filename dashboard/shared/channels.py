"""What views add to the map: colors with their legends, and filters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.shared import wording
from dashboard.study.open_study import OpenStudy
from margin_core.figures.palette import CLASS_COLORS, N_SHADES, OTHER, colors_by_name
from margin_core.values import Ints

NO_VALUE = 255
"""The byte of a sample that a channel has no value for."""

MAX_LEGEND = 100
"""Of more classes, those with a color of their own are in the legend, and all others together."""


def always(opened: OpenStudy) -> bool:
    """Return True: every study has this."""
    return True


@dataclass(frozen=True)
class Categories:
    """The legend of a channel of classes: byte i means ``names[i]`` and has ``colors[i]``."""

    names: tuple[str, ...]
    colors: tuple[str, ...]


@dataclass(frozen=True)
class Scale:
    """The legend of a channel of scores: the words at its ends, and its shades from low to high."""

    low: str
    high: str
    colors: list[str]


@dataclass(frozen=True)
class Channel:
    """One way to color the map.

    Attributes
    ----------
    name : str
        As in ``/margin/<study>/channel/<name>``.
    title : str
    values : callable
        Computes a byte a sample: a place in the legend, or `NO_VALUE`.
    legend : callable
        Returns the `Categories` or the `Scale`.
    is_available : callable
        Whether a study has this channel now: what it shows may not be computed yet.
    is_on_demand : bool
        Whether it is offered only while it is chosen: what leads to it is elsewhere.
    """

    name: str
    title: str
    values: Callable[[OpenStudy], NDArray[np.uint8]]
    legend: Callable[[OpenStudy], Categories | Scale]
    is_available: Callable[[OpenStudy], bool] = always
    is_on_demand: bool = False


@dataclass(frozen=True)
class MapFilter:
    """One condition by which samples stand out on the map.

    Attributes
    ----------
    name : str
    ask : callable
        Draws the widget, under Streamlit's key, and returns what was chosen: a tuple or a number, empty or 0 for
        everything.
    matches : callable
        Computes which samples (n,) match what was chosen.
    words : callable
        Returns what was chosen, in words: ``given label cat or dog``.
    is_available : callable
        Whether a study can be filtered by this now.
    """

    name: str
    ask: Callable[[OpenStudy, str], Any]
    matches: Callable[[OpenStudy, Any], NDArray[np.bool_]]
    words: Callable[[OpenStudy, Any], str]
    is_available: Callable[[OpenStudy], bool] = always


def score_bytes(scores: NDArray[Any]) -> NDArray[np.uint8]:
    """Encode scores in [0, 1] as shades; NaN as `NO_VALUE`."""
    known = np.isfinite(scores)
    shade = np.round(np.clip(np.where(known, scores, 0), 0, 1) * (N_SHADES - 1))
    return np.where(known, shade, NO_VALUE).astype(np.uint8)


def class_bytes(labels: Ints, n_classes: int) -> NDArray[np.uint8]:
    """Encode class numbers as their places in the legend of so many classes; a missing label as `NO_VALUE`."""
    places = labels if n_classes <= MAX_LEGEND else np.minimum(labels, len(CLASS_COLORS))
    return np.where(places < 0, NO_VALUE, places).astype(np.uint8)


def class_categories(opened: OpenStudy) -> Categories:
    """Return the legend of the study's classes."""
    return legend_of(opened.study.class_names)


def legend_of(names: tuple[str, ...]) -> Categories:
    """Return the legend of some classes."""
    if len(names) <= MAX_LEGEND:
        return Categories(names, tuple(colors_by_name(names)))
    own = names[: len(CLASS_COLORS)]
    others = wording.other_classes(len(names) - len(own))
    return Categories((*own, others), (*colors_by_name(own), OTHER))
