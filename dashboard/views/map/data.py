"""What the map draws: the channels and filters of all views, masks, and the samples inside a lasso."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from skimage.measure import points_in_poly

from dashboard.shared.channels import NO_VALUE, Categories, Channel, MapFilter
from dashboard.shared.column_channels import column_channels
from dashboard.study.open_study import OpenStudy
from dashboard.views import VIEWS
from dashboard.views.base import View
from dashboard.views.map.component import ClassLegend, LegendEntry, ScoreLegend
from margin_core.storage.fingerprint import fingerprint
from margin_core.values import Ints


def available_channels(opened: OpenStudy) -> dict[str, Channel]:
    """Return the channels that a study has now, by name: of all views, in their order, then of its columns."""
    channels = (channel for view in _of_study(opened) for channel in view.channels())
    found = {channel.name: channel for channel in channels if channel.is_available(opened)}
    return found | column_channels(opened)


def available_filters(opened: OpenStudy) -> dict[str, MapFilter]:
    """Return the filters of all views that a study has now, by name, in the order of the views."""
    filters = (one for view in _of_study(opened) for one in view.filters())
    return {one.name: one for one in filters if one.is_available(opened)}


def _of_study(opened: OpenStudy) -> list[View]:
    """Return the views that a study has the parts for: what others show of it, the map cannot color by either."""
    return [view for view in VIEWS if view.map_colors is not None and view.missing(opened) is None]


def palette_and_legend(opened: OpenStudy, channel: Channel) -> tuple[list[str], ClassLegend | ScoreLegend]:
    """Return the colors of a channel and its legend, as the browser shows it."""
    legend = channel.legend(opened)
    if not isinstance(legend, Categories):
        return legend.colors, ScoreLegend(kind="score", title=channel.title, low=legend.low, high=legend.high)
    codes = channel.values(opened)
    counts = np.bincount(codes[codes != NO_VALUE], minlength=len(legend.names))
    entries = [
        LegendEntry(label=number, name=name, color=color, count=int(count))
        for number, (name, color, count) in enumerate(zip(legend.names, legend.colors, counts, strict=False))
    ]
    return list(legend.colors[:NO_VALUE]), ClassLegend(kind="classes", title=channel.title, entries=entries)


def keep_mask(opened: OpenStudy, chosen: Mapping[str, Any]) -> str | None:
    """Compute which samples stand out, and return the key of the mask; None when all do.

    Parameters
    ----------
    chosen : mapping
        What was chosen for each filter, by its name; empty or 0: everything.
    """
    limits = {name: limit for name, limit in chosen.items() if limit}
    if not limits:
        return None
    key = fingerprint(limits, opened.version)[:16]
    opened.memory.recall("mask", key, lambda: _matching(opened, limits))
    return key


def mask_of(opened: OpenStudy, key: str) -> NDArray[np.uint8] | None:
    """Return the mask of a key (n,), 1 where a sample stands out; None when it is not kept (any more)."""
    return opened.memory.get("mask", key)


def rows_inside(opened: OpenStudy, polygon: Sequence[Sequence[float]], mask: str | None = None) -> Ints:
    """Find the samples within a polygon in map coordinates; with a mask, those that stand out."""
    positions = opened.positions
    if positions is None or len(polygon) < 3:
        return np.empty(0, dtype=np.int64)
    outline = np.asarray(polygon, dtype=np.float64)
    low, high = outline.min(axis=0), outline.max(axis=0)
    eligible = ((positions >= low) & (positions <= high)).all(axis=1)
    matching = mask_of(opened, mask) if mask else None
    near = np.flatnonzero(eligible if matching is None else eligible & (matching == 1))
    hit: NDArray[np.bool_] = points_in_poly(positions[near].astype(np.float64), outline)
    return near[hit]


def rows_with_code(opened: OpenStudy, channel: Channel, code: int) -> Ints:
    """Find the samples that a channel gives one byte."""
    return np.flatnonzero(channel.values(opened) == code)


def _matching(opened: OpenStudy, limits: Mapping[str, Any]) -> NDArray[np.uint8]:
    filters = available_filters(opened)
    matching = np.ones(len(opened.study), dtype=bool)
    for name, limit in limits.items():
        matching &= filters[name].matches(opened, limit)
    return matching.astype(np.uint8)
