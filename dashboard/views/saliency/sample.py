"""One sample: its maps by several methods, with their numbers, as the browser shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from dashboard.views.saliency.book import MapBook
from dashboard.views.saliency.known import known
from dashboard.views.saliency.wish import Wish
from dashboard.views.saliency.worker import MapMaker, Waiting
from margin_core.domain.variables import words
from margin_core.errors import KnobError
from margin_core.storage.engine import Arrays
from margin_core.tasks.saliency.all_methods import sort_of
from margin_core.tasks.saliency.requests import NUMBERS, PREDICTED, Order, step_of
from margin_core.values import Doubles, Study

if TYPE_CHECKING:
    from dashboard.study.open_study import OpenStudy


LIKELIEST = 6
"""Classes whose probabilities are sent."""


def seen(opened: OpenStudy, maker: MapMaker, wish: Wish) -> dict[str, Any]:
    """Tell all that is known of a wish, and order what is not; to be asked again until nothing is under way.

    Raises
    ------
    MarginError
        The wish cannot be fulfilled whatever the model says.
    """
    study, book = opened.study, opened.maps
    wish.check(study)
    said = book.said(wish.row)
    is_picture = sort_of(study) == "picture"
    target = wish.target if said is None else wish.class_of(said)
    if said is not None and max(target, wish.against or 0) >= len(said):
        raise KnobError(f"Class {max(target, wish.against or 0)} does not exist: the model has {len(said):,} classes.")
    pair = [target, *([wish.against] if wish.against is not None else [])]
    asked: list[Order] = [] if said is not None else [Order("look", wish.row)]
    tiles = [_tile(book, maker, wish.row, name, pair, asked) for name in wish.methods]
    # Columns and words are few, and shown one by one: what each is worth is told without being asked for.
    parts = _parts(book, wish, said, pair, asked) if wish.parts or not is_picture else None
    for tile, name in zip(tiles, wish.methods, strict=True):
        tile["numbers"] = _numbers(book, maker, Order("numbers", wish.row, name, target), asked, tile)
    maker.ask(asked)
    return {
        "row": wish.row,
        "id": str(study.ids[wish.row]),
        "given": int(study.maybe_labels[wish.row]) if study.maybe_labels is not None else -1,
        "target": target,
        "against": wish.against,
        "said": None if said is None else _likeliest(said, pair),
        "classes": None if said is None else len(said),
        "content": None if is_picture else content(study, wish.row),
        "tiles": tiles,
        "parts": parts,
        "trouble": maker.trouble,
        "isDone": not asked or all(maker.standing(order).state == "failed" for order in asked),
    }


def _likeliest(said: Doubles, pair: Sequence[int]) -> list[dict[str, Any]]:
    first = np.argsort(-said, kind="stable")[:LIKELIEST].tolist()
    shown = [*first, *(one for one in pair if 0 <= one < len(said) and one not in first)]
    return [{"class": number, "p": round(float(said[number]), 4)} for number in shown]


def _tile(
    book: MapBook, maker: MapMaker, row: int, method: str, pair: Sequence[int], asked: list[Order]
) -> dict[str, Any]:
    maps, standing = [], Waiting("ready")
    for target in pair:
        order = Order("map", row, method, target)
        found, kind = (None if target == PREDICTED else book.recalled(order)), "map"
        if found is None:
            asked.append(order)
            standing = maker.standing(order)
            draft = replace(order, kind="draft")
            found, kind = (None if target == PREDICTED else book.recalled(draft)), "draft"
        maps.append(None if found is None else _map(book.study, replace(order, kind=kind), found))
    return {
        "method": method,
        "state": "draft" if standing.state in ("making", "waiting") and all(maps) else standing.state,
        "fraction": standing.fraction,
        "text": standing.text,
        "maps": maps,
    }


def _map(study: Study, order: Order, found: Arrays) -> dict[str, Any]:
    heatmap = found["heatmap"]
    if heatmap.ndim == 2:
        return {
            "kind": order.kind,
            "key": step_of(study, order)[1],
            "height": heatmap.shape[0],
            "width": heatmap.shape[1],
        }
    weights = np.round(np.asarray(heatmap, dtype=np.float64), 4).tolist()
    return {"kind": order.kind, "weights": weights, "most": known(float(found["most"]))}


def content(study: Study, row: int) -> dict[str, list[str]]:
    """Give the places of a map that is no picture's: the words of a text, or names and values of columns."""
    if sort_of(study) == "text":
        return {"words": words(str(study.inputs[row])).tolist()}
    values = np.asarray(study.inputs[row], dtype=np.float64)
    names = getattr(study.inputs, "names", None) or [f"column {place + 1}" for place in range(len(values))]
    return {"names": [str(name) for name in names], "values": [f"{value:.5g}" for value in values.tolist()]}


def _parts(
    book: MapBook, wish: Wish, said: Doubles | None, pair: Sequence[int], asked: list[Order]
) -> dict[str, Any] | None:
    """Tell how far the classes fall without each part of a sample, and of a picture where the parts lie."""
    order = Order("parts", wish.row)
    found = book.recalled(order)
    if found is None or said is None:
        asked.append(order)
        return None
    drops = [np.round(np.asarray(found["drops"][:, one], dtype=np.float64), 4).tolist() for one in pair]
    told = {"drops": drops, "whole": [float(said[one]) for one in pair]}
    if found["layout"].ndim == 1:
        return told
    height, width = found["layout"].shape
    return told | {"key": step_of(book.study, order)[1], "height": height, "width": width}


def _numbers(
    book: MapBook, maker: MapMaker, order: Order, asked: list[Order], tile: dict[str, Any]
) -> dict[str, float | None] | None:
    if tile["state"] == "failed":
        return None
    found = None if order.target == PREDICTED else book.recalled(order)
    if found is None:
        asked.append(order)
        standing = maker.standing(order)
        if standing.state == "failed":
            tile["text"] = standing.text
        return None
    return {name: known(value) for name, value in zip(NUMBERS, found["numbers"].tolist(), strict=True)}
