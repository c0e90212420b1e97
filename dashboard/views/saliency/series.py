"""Many samples: the strip over a queue, and methods compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dashboard.views.saliency.known import known
from dashboard.views.saliency.wish import Wish
from dashboard.views.saliency.worker import MapMaker
from margin_core.errors import KnobError
from margin_core.tasks import ContextualOutliers
from margin_core.tasks.saliency.all_methods import way_named, ways_for
from margin_core.tasks.saliency.comparison import BETTER, Compared, compare
from margin_core.tasks.saliency.requests import NUMBERS, Order, step_of
from margin_core.values import Ints, Study, usable_rows

if TYPE_CHECKING:
    from dashboard.study.open_study import OpenStudy


MOST_IN_A_ROW = 1_000
"""Samples that next and previous go through."""

SAMPLES = (25, 50, 100, 200)
"""How many samples methods may be compared on."""

STRIP, COMPARISON = "strip", "comparison"


FRAGILE_MAPS = ContextualOutliers(column="fragility")
"""How fragile the map of every sample is, and of which that is not what the samples around it foretell."""


def trail(opened: OpenStudy, selection: str | None) -> tuple[Ints, str]:
    """Give the samples that next and previous go through, most suspect first, and in words which."""
    chosen = opened.selection(selection) if selection else None
    if chosen is not None:
        return opened.ordered(chosen)[:MOST_IN_A_ROW], chosen.title
    suspects = np.asarray(opened.session.upcoming(MOST_IN_A_ROW), dtype=np.int64)
    if len(suspects):
        return suspects, "suspect labels, in their order"
    return opened.audited.rows[:MOST_IN_A_ROW], "samples, most suspect first"


def strip_told(opened: OpenStudy, maker: MapMaker, rows: Sequence[int], method: str) -> dict[str, Any]:
    """Tell which samples of a strip have their map, and how far the series over them is."""
    way_named(method)
    maps: dict[str, dict[str, Any]] = {}
    for row in rows:
        said = opened.maps.said(row)
        order = None if said is None else Order("map", row, method, int(said.argmax()))
        found = None if order is None else opened.maps.recalled(order)
        if order is not None and found is not None:
            shape = found["heatmap"].shape
            sides = {"height": shape[0], "width": shape[1]} if len(shape) == 2 else {}
            maps[str(row)] = {"key": step_of(opened.study, order)[1], **sides}
    return {"maps": maps, **_series_told(maker, STRIP)}


def start_strip(opened: OpenStudy, maker: MapMaker, rows: Sequence[int], methods: Sequence[str]) -> None:
    """Have the maps of many samples made, one after another.

    Raises
    ------
    MarginError
        There is no such sample or method, or it does not fit.
    """
    orders = [Order("map", row, method) for row in rows for method in methods]
    for order in orders:
        Wish(order.row, (order.method,)).check(opened.study)
    _start(opened, maker, STRIP, orders)


def compared_rows(study: Study, count: int) -> list[int]:
    """Draw the samples that methods are compared on: the same each time, and a larger sample holds the smaller."""
    points = study.maybe_embedding
    usable = np.arange(len(study)) if points is None else np.flatnonzero(usable_rows(points))
    drawn: list[int] = np.random.default_rng(0).permutation(usable)[:count].tolist()
    return drawn


def offered(total: int) -> tuple[int, ...]:
    """Give the sizes of a sample that make a difference in a study of so many samples; the last may be all of them."""
    return tuple(size for place, size in enumerate(SAMPLES) if place == 0 or SAMPLES[place - 1] < total)


def start_comparison(opened: OpenStudy, maker: MapMaker, count: int, methods: Sequence[str]) -> None:
    """Have methods measured on a sample of the study; errors as of `start_strip`."""
    if count not in SAMPLES:
        raise KnobError(f"Methods are compared on {', '.join(map(str, SAMPLES))} samples; got {count}.")
    for method in methods:
        Wish(0, (method,)).check(opened.study)
    rows = compared_rows(opened.study, count)
    _start(opened, maker, COMPARISON, [Order("numbers", row, method) for row in rows for method in methods])


def comparison_told(opened: OpenStudy, maker: MapMaker, count: int) -> dict[str, Any]:
    """Tell how methods compare so far, over the samples in which all that were measured are known."""
    rows = compared_rows(opened.study, count)
    fitting, _ = ways_for(opened.study)
    columns: dict[str, NDArray[np.float64]] = {}
    for way in fitting:
        found = [opened.maps.numbers(row, way.name) for row in rows]
        if any(one is not None for one in found):
            nothing = np.full(len(NUMBERS), np.nan)
            columns[way.name] = np.array([nothing if one is None else one for one in found])
    table = {}
    for place, metric in enumerate(NUMBERS):
        found_of = compare({name: column[:, place] for name, column in columns.items()}, BETTER[metric])
        table[metric] = {name: _interval_told(one) for name, one in found_of.items()}
    return {"asked": len(rows), "methods": list(columns), "table": table, **_series_told(maker, COMPARISON)}


def _interval_told(one: Compared) -> dict[str, Any]:
    return {
        "mean": known(one.mean),
        "low": known(one.low),
        "high": known(one.high),
        "best": one.is_best,
        "samples": one.samples,
    }


def _start(opened: OpenStudy, maker: MapMaker, name: str, orders: Sequence[Order]) -> None:
    def is_there(order: Order) -> bool:
        if order.kind == "numbers":
            return opened.maps.numbers(order.row, order.method) is not None
        said = opened.maps.said(order.row)
        return said is not None and opened.maps.recalled(replace(order, target=int(said.argmax()))) is not None

    to_come = [order for order in orders if not is_there(order)]
    maker.run(name, to_come, len(orders) - len(to_come))


def _series_told(maker: MapMaker, name: str) -> dict[str, Any]:
    series = maker.series(name)
    if series is None:
        return {"state": "none", "done": 0, "total": 0, "trouble": maker.trouble}
    state = "running" if series.is_running and not maker.trouble else "stopped" if series.is_stopped else "done"
    return {"state": state, "done": series.done, "total": series.total, "trouble": maker.trouble}
