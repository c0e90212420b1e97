"""Many samples: the strip over a queue, and methods compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, NotRequired, TypedDict, cast

import numpy as np
from numpy.typing import NDArray

from dashboard.study.open_study import OpenStudy
from dashboard.study.selections import ordered_rows, selection_of
from dashboard.views.saliency import wording
from dashboard.views.saliency.heatmap_store import heatmaps_of
from dashboard.views.saliency.heatmaps import NumberName
from dashboard.views.saliency.json_numbers import number_or_none
from dashboard.views.saliency.query import SaliencyQuery
from dashboard.views.saliency.worker import SaliencyWorker
from margin_core.errors import ParameterError
from margin_core.tasks.saliency.faithfulness.comparison import METRIC_DIRECTIONS, MethodSummary, compare_methods
from margin_core.tasks.saliency.methods.available import find_method, methods_for
from margin_core.tasks.saliency.worker.request import METRICS, SaliencyRequest, step_key
from margin_core.values import Ints, Study, usable_rows

MAX_TRAIL = 1_000
"""Samples that next and previous go through."""

COMPARISON_SIZES = (25, 50, 100, 200)
"""How many samples methods may be compared on."""

STRIP, COMPARISON = "strip", "comparison"


class Trail(TypedDict):
    """The samples that next and previous go through, and in words which.

    Attributes
    ----------
    excerpts
        What stands where a picture would; empty where all are pictures.
    """

    rows: list[int]
    ids: list[str]
    excerpts: list[str]
    title: str


class SeriesProgress(TypedDict):
    """How far a series of heatmaps is.

    Attributes
    ----------
    error
        Why none can be made; empty when they can.
    """

    state: Literal["none", "running", "stopped", "done"]
    done: int
    total: int
    error: str


class StripHeatmap(TypedDict):
    """Where a heatmap is kept, and of a picture its size."""

    key: str
    height: NotRequired[int]
    width: NotRequired[int]


class StripHeatmaps(SeriesProgress):
    """The heatmaps of some samples that are made, by row, and how far the series over them is."""

    heatmaps: dict[str, StripHeatmap]


class Interval(TypedDict):
    """A mean with its 95 % interval.

    Attributes
    ----------
    best
        Whether it is better than that of every other method.
    samples
        Those in which it is known.
    """

    mean: float | None
    low: float | None
    high: float | None
    best: bool
    samples: int


class ComparisonAnswer(SeriesProgress):
    """How methods compare so far.

    Attributes
    ----------
    asked
        Samples that are compared on.
    methods
        Those that were measured.
    table
        Of each number, the interval of each method.
    """

    asked: int
    methods: list[str]
    table: dict[NumberName, dict[str, Interval]]


class SeriesRequest(TypedDict):
    """What is to be started, stopped (by its name) or tried again."""

    what: Literal["strip", "comparison", "stop", "retry"]
    name: NotRequired[Literal["strip", "comparison"]]
    rows: NotRequired[list[int]]
    methods: NotRequired[list[str]]
    count: NotRequired[int]


def trail(opened: OpenStudy, selection: str | None) -> tuple[Ints, str]:
    """Return the samples that next and previous go through, most suspect first, and in words which."""
    chosen = selection_of(opened, selection)
    if chosen is not None:
        return ordered_rows(opened, chosen)[:MAX_TRAIL], chosen.title
    suspects = np.asarray(opened.session.upcoming(MAX_TRAIL), dtype=np.int64)
    if len(suspects):
        return suspects, wording.SUSPECTS_IN_ORDER if len(suspects) > 1 else wording.ONE_SUSPECT
    return opened.explanation.rows[:MAX_TRAIL], wording.SAMPLES_IN_ORDER


def strip_payload(opened: OpenStudy, worker: SaliencyWorker, rows: Sequence[int], method: str) -> StripHeatmaps:
    """Return which samples of a strip have their heatmap, and how far the series over them is."""
    find_method(method)
    heatmaps: dict[str, StripHeatmap] = {}
    for row in rows:
        probabilities = heatmaps_of(opened).class_probabilities(row)
        request = (
            None if probabilities is None else SaliencyRequest("heatmap", row, method, int(probabilities.argmax()))
        )
        found = None if request is None else heatmaps_of(opened).load(request)
        if request is not None and found is not None:
            shape = found["heatmap"].shape
            heatmaps[str(row)] = StripHeatmap(key=step_key(opened.study, request)[1])
            if len(shape) == 2:
                heatmaps[str(row)] |= {"height": shape[0], "width": shape[1]}
    return {**_series_payload(worker, STRIP), "heatmaps": heatmaps}


def start_strip(opened: OpenStudy, worker: SaliencyWorker, rows: Sequence[int], methods: Sequence[str]) -> None:
    """Start to compute the heatmaps of many samples, one after another.

    Raises
    ------
    MarginError
        There is no such sample or method, or it does not fit.
    """
    requests = [SaliencyRequest("heatmap", row, method) for row in rows for method in methods]
    for request in requests:
        SaliencyQuery(request.row, (request.method,)).check(opened.study)
    _start(opened, worker, STRIP, requests)


def compared_rows(study: Study, count: int) -> list[int]:
    """Sample the rows that methods are compared on: the same each time, and a larger sample holds the smaller."""
    points = study.maybe_embedding
    usable = np.arange(len(study)) if points is None else np.flatnonzero(usable_rows(points))
    drawn: list[int] = np.random.default_rng(0).permutation(usable)[:count].tolist()
    return drawn


def sample_sizes(total: int) -> tuple[int, ...]:
    """Return the sizes of a sample that differ in a study of so many samples; the last may be all of them."""
    return tuple(
        size for place, size in enumerate(COMPARISON_SIZES) if place == 0 or COMPARISON_SIZES[place - 1] < total
    )


def start_comparison(opened: OpenStudy, worker: SaliencyWorker, count: int, methods: Sequence[str]) -> None:
    """Start to measure methods on a sample of the study; errors as of `start_strip`."""
    if count not in COMPARISON_SIZES:
        raise ParameterError(f"Methods are compared on {', '.join(map(str, COMPARISON_SIZES))} samples; got {count}.")
    for method in methods:
        SaliencyQuery(0, (method,)).check(opened.study)
    rows = compared_rows(opened.study, count)
    _start(opened, worker, COMPARISON, [SaliencyRequest("metrics", row, method) for row in rows for method in methods])


def comparison_payload(opened: OpenStudy, worker: SaliencyWorker, count: int) -> ComparisonAnswer:
    """Return how methods compare so far, over the samples in which all that were measured are known."""
    rows = compared_rows(opened.study, count)
    fitting, _ = methods_for(opened.study)
    columns: dict[str, NDArray[np.float64]] = {}
    for method in fitting:
        found = [heatmaps_of(opened).numbers(row, method.name) for row in rows]
        if any(one is not None for one in found):
            nothing = np.full(len(METRICS), np.nan)
            columns[method.name] = np.array([nothing if one is None else one for one in found])
    table: dict[NumberName, dict[str, Interval]] = {}
    for place, metric in enumerate(cast("tuple[NumberName, ...]", METRICS)):
        found_of = compare_methods(
            {name: column[:, place] for name, column in columns.items()}, METRIC_DIRECTIONS[metric]
        )
        table[metric] = {name: _interval_payload(one) for name, one in found_of.items()}
    return {**_series_payload(worker, COMPARISON), "asked": len(rows), "methods": list(columns), "table": table}


def _interval_payload(one: MethodSummary) -> Interval:
    return {
        "mean": number_or_none(one.mean),
        "low": number_or_none(one.low),
        "high": number_or_none(one.high),
        "best": one.is_best,
        "samples": one.samples,
    }


def _start(opened: OpenStudy, worker: SaliencyWorker, name: str, requests: Sequence[SaliencyRequest]) -> None:
    def is_there(request: SaliencyRequest) -> bool:
        if request.kind == "metrics":
            return heatmaps_of(opened).numbers(request.row, request.method) is not None
        probabilities = heatmaps_of(opened).class_probabilities(request.row)
        return (
            probabilities is not None
            and heatmaps_of(opened).load(replace(request, target=int(probabilities.argmax()))) is not None
        )

    missing = [request for request in requests if not is_there(request)]
    worker.start_series(name, missing, len(requests) - len(missing))


def _series_payload(worker: SaliencyWorker, name: str) -> SeriesProgress:
    series = worker.series(name)
    if series is None:
        return {"state": "none", "done": 0, "total": 0, "error": worker.error}
    progress = SeriesProgress(state="done", done=series.done, total=series.total, error=worker.error)
    if series.is_running and not worker.error:
        progress["state"] = "running"
    elif series.is_stopped:
        progress["state"] = "stopped"
    return progress
