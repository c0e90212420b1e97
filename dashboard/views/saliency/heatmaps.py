"""One sample: its heatmaps by several methods, with their numbers, as the browser shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, NotRequired, TypedDict, cast

import numpy as np

from dashboard.study.open_study import OpenStudy
from dashboard.study.payloads import ClassProbability
from dashboard.views.saliency.heatmap_store import HeatmapStore, heatmaps_of
from dashboard.views.saliency.json_numbers import number_or_none
from dashboard.views.saliency.query import SaliencyQuery
from dashboard.views.saliency.worker import RequestStatus, SaliencyWorker
from margin_core.errors import ParameterError
from margin_core.storage.engine import Arrays
from margin_core.study.inputs.sample_display import variable_values
from margin_core.tasks.saliency.methods.available import MARGIN, find_method, sample_kind
from margin_core.tasks.saliency.variables import split_words
from margin_core.tasks.saliency.worker.request import METRICS, PREDICTED, SaliencyRequest, step_key
from margin_core.values import Doubles, Study

MAX_CLASSES = 6
"""Classes whose probabilities are sent."""

FEW_PASSES = 4
"""Methods that take so few passes through the network come before the many of MARGIN's final heatmap."""

NumberName = Literal["deletion", "insertion", "road", "gini", "top_k", "correlation", "shift"]
"""What is measured of a heatmap; see `margin_core.tasks.saliency.worker.request.METRICS`."""


class Heatmap(TypedDict):
    """One heatmap: of a picture where its bytes are kept and its size, else a weight for each word or column.

    Attributes
    ----------
    kind
        A draft is made of fewer masks.
    key
        Where it is kept.
    weights
        In [-1, 1], on the scale of its own largest effect.
    most
        That largest effect.
    """

    kind: Literal["heatmap", "draft"]
    key: NotRequired[str]
    height: NotRequired[int]
    width: NotRequired[int]
    weights: NotRequired[list[float]]
    most: NotRequired[float | None]


class MethodTile(TypedDict):
    """What is known of a sample's heatmap by one method.

    Attributes
    ----------
    fraction, text
        How far it is.
    heatmaps
        That of the class, and of the class that it is held against; None: not there yet.
    numbers
        Each None where it is not known; None: not measured yet.
    """

    method: str
    state: Literal["ready", "waiting", "making", "failed", "unknown", "draft"]
    fraction: float
    text: str
    heatmaps: list[Heatmap | None]
    numbers: dict[NumberName, float | None] | None


class PlaceNames(TypedDict):
    """What a text or a row is made of: words, or columns with their values.

    Attributes
    ----------
    is_apart
        Of each word, whether white space stands before it.
    """

    words: NotRequired[list[str]]
    is_apart: NotRequired[list[bool]]
    names: NotRequired[list[str]]
    values: NotRequired[list[str]]


class PartDrops(TypedDict):
    """How far the classes fall without each part of a sample.

    Attributes
    ----------
    drops
        Of each class, a number for each part.
    whole
        Probability of each class with all parts.
    key
        Where it is kept in which part each place of a picture lies.
    """

    drops: list[list[float]]
    whole: list[float]
    key: NotRequired[str]
    height: NotRequired[int]
    width: NotRequired[int]


class SaliencyAnswer(TypedDict):
    """All that is known of a sample's heatmaps.

    Attributes
    ----------
    target, against
        The class that is looked at (-1: the model has not said), and that whose heatmap is taken away.
    probabilities
        The likeliest classes; None: the model was not asked yet.
    classes
        How many outputs the model has.
    content
        None of a picture.
    error
        Why no heatmap can be made; empty when one can.
    isDone
        Whether nothing more will come.
    """

    row: int
    id: str
    given: int
    target: int
    against: int | None
    probabilities: list[ClassProbability] | None
    classes: int | None
    content: PlaceNames | None
    tiles: list[MethodTile]
    parts: PartDrops | None
    error: str
    isDone: bool


def heatmaps_payload(opened: OpenStudy, worker: SaliencyWorker, query: SaliencyQuery) -> SaliencyAnswer:
    """Return all that is known of a query, and request what is not; to be repeated until nothing is under way.

    Raises
    ------
    MarginError
        The query cannot be fulfilled whatever the model predicts.
    """
    study, store = opened.study, heatmaps_of(opened)
    query.check(study)
    probabilities = store.class_probabilities(query.row)
    is_picture = sample_kind(study) == "picture"
    target = query.target if probabilities is None else query.class_of(probabilities)
    if probabilities is not None and max(target, query.against or 0) >= len(probabilities):
        raise ParameterError(
            f"Class {max(target, query.against or 0)} does not exist: the model has {len(probabilities):,} classes."
        )
    pair = [target, *([query.against] if query.against is not None else [])]
    missing: list[SaliencyRequest] = [] if probabilities is not None else [SaliencyRequest("prediction", query.row)]
    tiles = [_tile(store, worker, query.row, name, pair, missing) for name in query.methods]
    # Columns and words are few, and shown one by one: what each is worth is sent without a question.
    parts = _parts(store, query, probabilities, pair, missing) if query.parts or not is_picture else None
    for tile, name in zip(tiles, query.methods, strict=True):
        tile["numbers"] = _numbers(store, worker, SaliencyRequest("metrics", query.row, name, target), missing, tile)
    worker.submit(sorted(missing, key=_turn))
    return {
        "row": query.row,
        "id": str(study.ids[query.row]),
        "given": int(study.maybe_labels[query.row]) if study.maybe_labels is not None else -1,
        "target": target,
        "against": query.against,
        "probabilities": None if probabilities is None else _likeliest(probabilities, pair),
        "classes": None if probabilities is None else len(probabilities),
        "content": None if is_picture else content(study, query.row),
        "tiles": tiles,
        "parts": parts,
        "error": worker.error,
        "isDone": not missing or all(worker.status(request).state == "failed" for request in missing),
    }


def _turn(request: SaliencyRequest) -> int:
    """Return which of the requests that are made at once come first: each heatmap as soon as it is worth a look."""
    if request.kind != "heatmap":
        return ("prediction", "draft", "", "", "parts", "metrics").index(request.kind)
    return 2 if find_method(request.method).passes <= FEW_PASSES else 3


def _likeliest(probabilities: Doubles, pair: Sequence[int]) -> list[ClassProbability]:
    first = np.argsort(-probabilities, kind="stable")[:MAX_CLASSES].tolist()
    shown = [*first, *(one for one in pair if 0 <= one < len(probabilities) and one not in first)]
    return [{"label": number, "p": round(float(probabilities[number]), 4)} for number in shown]


def _tile(
    store: HeatmapStore,
    worker: SaliencyWorker,
    row: int,
    method: str,
    pair: Sequence[int],
    missing: list[SaliencyRequest],
) -> MethodTile:
    heatmaps: list[Heatmap | None] = []
    status = RequestStatus("ready")
    for target in pair:
        request = SaliencyRequest("heatmap", row, method, target)
        found, kind = (None if target == PREDICTED else store.load(request)), "heatmap"
        if found is None:
            missing.append(request)
            status = worker.status(request)
            draft = replace(request, kind="draft")
            found, kind = (None if target == PREDICTED else store.load(draft)), "draft"
            if found is None and method == MARGIN.name and sample_kind(store.study) == "picture":
                missing.append(draft)
                drafting = worker.status(draft)
                status = drafting if drafting.state in ("making", "failed") else status
        heatmaps.append(None if found is None else _heatmap_payload(store.study, replace(request, kind=kind), found))
    return {
        "method": method,
        "state": "draft" if status.state in ("making", "waiting") and all(heatmaps) else status.state,
        "fraction": status.fraction,
        "text": status.text,
        "heatmaps": heatmaps,
        "numbers": None,
    }


def _heatmap_payload(study: Study, request: SaliencyRequest, found: Arrays) -> Heatmap:
    heatmap, kind = found["heatmap"], cast("Literal['heatmap', 'draft']", request.kind)
    if heatmap.ndim == 2:
        return {
            "kind": kind,
            "key": step_key(study, request)[1],
            "height": heatmap.shape[0],
            "width": heatmap.shape[1],
        }
    weights = np.round(np.asarray(heatmap, dtype=np.float64), 4).tolist()
    return {"kind": kind, "weights": weights, "most": number_or_none(float(found["most"]))}


def content(study: Study, row: int) -> PlaceNames:
    """Return the places of a heatmap that is no picture's: the words of a text, or names and values of columns."""
    if sample_kind(study) == "text":
        text = split_words(str(study.inputs[row]))
        return {"words": text.words.tolist(), "is_apart": text.is_apart.tolist()}
    found = variable_values(study, row)
    return {"names": [one.name for one in found], "values": [one.value for one in found]}


def _parts(
    store: HeatmapStore,
    query: SaliencyQuery,
    probabilities: Doubles | None,
    pair: Sequence[int],
    missing: list[SaliencyRequest],
) -> PartDrops | None:
    """Return how far the classes fall without each part of a sample, and of a picture where the parts lie."""
    request = SaliencyRequest("parts", query.row)
    found = store.load(request)
    if found is None or probabilities is None:
        missing.append(request)
        return None
    drops = [np.round(np.asarray(found["drops"][:, one], dtype=np.float64), 4).tolist() for one in pair]
    payload = PartDrops(drops=drops, whole=[float(probabilities[one]) for one in pair])
    if found["layout"].ndim == 1:
        return payload
    height, width = found["layout"].shape
    return {**payload, "key": step_key(store.study, request)[1], "height": height, "width": width}


def _numbers(
    store: HeatmapStore,
    worker: SaliencyWorker,
    request: SaliencyRequest,
    missing: list[SaliencyRequest],
    tile: MethodTile,
) -> dict[NumberName, float | None] | None:
    if tile["state"] == "failed":
        return None
    found = None if request.target == PREDICTED else store.load(request)
    if found is None:
        missing.append(request)
        status = worker.status(request)
        if status.state == "failed":
            tile["text"] = status.text
        return None
    names = cast("tuple[NumberName, ...]", METRICS)
    return {name: number_or_none(value) for name, value in zip(names, found["metrics"].tolist(), strict=True)}
