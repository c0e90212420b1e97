"""What the model saw in a sample: maps by several methods, and their numbers, as the browser shows them."""

from __future__ import annotations

import base64
import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dashboard.map_maker import MapMaker, Waiting
from margin_core.attribution import Method
from margin_core.attribution.black_box import is_black_box
from margin_core.domain.variables import words
from margin_core.engine.run import Arrays
from margin_core.errors import KnobError, NotRemembered
from margin_core.faithfulness import overlap, rank_correlation
from margin_core.fragility import k_for
from margin_core.saliency import (
    BETTER,
    CHANGES,
    EPS,
    NUMBERS,
    PREDICTED,
    Compared,
    Order,
    compare,
    sort_of,
    step_of,
    way_named,
    ways_for,
)
from margin_core.tasks import ContextualOutliers
from margin_core.types import Doubles, Floats, Ints, Need, Study, usable_rows
from margin_core.workspace import Workspace

if TYPE_CHECKING:
    from dashboard.open_study import OpenStudy

MOST_SHOWN = 4
"""Maps side by side."""

LIKELIEST = 6
"""Classes whose probabilities are sent."""

MOST_IN_A_ROW = 1_000
"""Samples that next and previous go through."""

FIRST_CHOICES = ("margin", "grad_cam", "integrated_gradients", "occlusion", "rise")
"""What is shown until somebody chooses: the first three that fit."""

SAMPLES = (25, 50, 100, 200)
"""How many samples methods may be compared on."""

FRAGILE_MAPS = ContextualOutliers(column="fragility")
"""How fragile the map of every sample is, and of which that is not what the samples around it foretell."""

KEY = re.compile("[0-9a-f]{32}")
STRIP, COMPARISON = "strip", "comparison"


@dataclass(frozen=True)
class Wish:
    """What somebody looks at.

    Attributes
    ----------
    row : int
    methods : tuple of str
    target : int
        The class, or `PREDICTED`.
    against : int or None
        A second class, whose map is taken away from the first.
    parts : bool
        Whether outlines of parts are shown.
    """

    row: int
    methods: tuple[str, ...]
    target: int = PREDICTED
    against: int | None = None
    parts: bool = False

    def class_of(self, said: Doubles) -> int:
        """Give the class that is looked at, from the probabilities (c,) that the model gives the sample."""
        return int(said.argmax()) if self.target == PREDICTED else self.target

    def check(self, study: Study) -> None:
        """Refuse what this study cannot show.

        Raises
        ------
        KnobError
            No such row, class or method, or too many of them.
        MissingPart
            The study has nothing to show, or no model to show it to.
        """
        fitting, left_out = ways_for(study)
        if not 1 <= len(self.methods) <= MOST_SHOWN:
            raise KnobError(f"Choose 1 to {MOST_SHOWN} methods; got {len(self.methods)}.")
        for name in self.methods:
            if way_named(name) not in fitting:
                raise KnobError(f"{way_named(name).title} does not fit this study. {left_out}")
        for target in (self.target, self.against if self.against is not None else PREDICTED):
            Order("look", self.row, target=target).check(study)


class MapBook:
    """The maps of a study that are made already, read from its workspace.

    Parameters
    ----------
    study : Study
    workspace : Workspace or None
        Where they are kept; without one there are none.
    """

    def __init__(self, study: Study, workspace: Workspace | None) -> None:
        self.study = study
        self._workspace = workspace
        self._numbers: dict[tuple[int, str], Doubles] = {}

    def recalled(self, order: Order) -> Arrays | None:
        """Return what was found for an order whose target is a class, or None."""
        return self._at(*step_of(self.study, order))

    def said(self, row: int) -> Doubles | None:
        """Return the probabilities (c,) that the model gives a sample, or None until it was asked."""
        found = self.recalled(Order("look", row))
        return None if found is None else np.asarray(found["probabilities"])

    def classes(self) -> int:
        """Give the number of the model's outputs, as far as it says; else that of the study's classes."""
        model = self.study.maybe_model
        return (
            int(getattr(model, "classes", 0)) or len(getattr(model, "class_names", ())) or len(self.study.class_names)
        )

    def kept(self, kind: str, key: str) -> bytes | None:
        """Return a map by its key, a byte a place, 255 at its most important; of parts the part of each, two bytes."""
        if kind not in ("map", "draft", "parts") or not KEY.fullmatch(key):
            return None
        found = self._at(f"saliency_{kind}", key)
        if found is None:
            return None
        return (
            np.asarray(found["layout"], dtype="<u2").tobytes()
            if kind == "parts"
            else shades(found["heatmap"]).tobytes()
        )

    def numbers(self, row: int, method: str) -> Doubles | None:
        """Return the numbers of the map of the class that the model says; kept in memory once they are known."""
        kept = self._numbers.get((row, method))
        if kept is None:
            said = self.said(row)
            found = None if said is None else self.recalled(Order("numbers", row, method, int(said.argmax())))
            if found is None:
                return None
            kept = self._numbers[row, method] = np.array(found["numbers"])
        return kept

    def _at(self, name: str, key: str) -> Arrays | None:
        if self._workspace is None:
            return None
        try:
            return replace(self._workspace, may_compute=False).step(name, key, dict)
        except NotRemembered:
            return None


def shades(heatmap: Floats) -> NDArray[np.uint8]:
    """Write values in [0, 1] as bytes."""
    return np.rint(255 * np.clip(np.asarray(heatmap, dtype=np.float32), 0, 1)).astype(np.uint8)


def class_names(study: Study, classes: int) -> tuple[str, ...]:
    """Give what the outputs of a study's model mean: what it says itself, the classes of the study, or numbers."""
    for names in (tuple(getattr(study.maybe_model, "class_names", ())), study.class_names):
        if len(names) == classes:
            return names
    return tuple(f"output {number}" for number in range(classes))


def first_choices(ways: Sequence[Method]) -> tuple[str, ...]:
    """Choose methods to begin with."""
    names = {way.name for way in ways}
    return tuple(name for name in FIRST_CHOICES if name in names)[:3]


# -- one sample ----------------------------------------------------------------------------------


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


def curves(opened: OpenStudy, wish: Wish) -> dict[str, tuple[Doubles, Doubles, Doubles]]:
    """Give shares, deletion and insertion curve of each method whose numbers are known, by its title."""
    book, said = opened.maps, opened.maps.said(wish.row)
    if said is None:
        return {}
    target = wish.class_of(said)
    found = {way_named(name).title: book.recalled(Order("numbers", wish.row, name, target)) for name in wish.methods}
    return {
        title: (np.asarray(one["shares"]), np.asarray(one["deletion"]), np.asarray(one["insertion"]))
        for title, one in found.items()
        if one is not None
    }


@dataclass(frozen=True)
class Agreement:
    """How far the maps of two methods agree on one sample.

    Attributes
    ----------
    one, other : str
        Titles of the methods.
    correlation : float
        Rank correlation over all pixels, in [-1, 1]; NaN where a map is constant.
    in_common : float
        Share of the most important pixels (`margin_core.fragility.k_for`) that both name, in [0, 1].
    """

    one: str
    other: str
    correlation: float
    in_common: float


def agreements(opened: OpenStudy, wish: Wish) -> list[Agreement]:
    """Compare the maps of a sample that are made, each two of them, those that agree most first."""
    book, said = opened.maps, opened.maps.said(wish.row)
    if said is None:
        return []
    target = wish.class_of(said)
    found = {way_named(name).title: book.recalled(Order("map", wish.row, name, target)) for name in wish.methods}
    maps = {title: np.asarray(one["heatmap"], dtype=np.float32) for title, one in found.items() if one is not None}
    compared = [
        Agreement(one, other, rank_correlation(maps[one], maps[other]),
                  overlap(maps[one], maps[other], k_for(maps[one].size)))
        for one, other in combinations(maps, 2)
    ]  # fmt: skip
    return sorted(compared, key=lambda two: -two.in_common)


# -- attacks -------------------------------------------------------------------------------------


def attacked(opened: OpenStudy, maker: MapMaker, order: Order) -> dict[str, Any]:
    """Tell what became of a map under attack, or how far that is, and order it.

    Raises
    ------
    MarginError
        There is no such attack.
    """
    order.check(opened.study)
    found = opened.maps.recalled(order)
    if found is None:
        maker.ask([order])
        standing = maker.standing(order)
        return {"state": standing.state, "fraction": standing.fraction, "text": standing.text or maker.trouble}
    if not bool(found["survived"]):
        return {"state": "ready", "survived": False}
    before, after = np.asarray(found["before"]), np.asarray(found["after"])
    moved = np.clip(128 + 16 * (after.astype(np.int32) - before), 0, 255).astype(np.uint8)
    top_k, correlation, shift = (known(value) for value in found["change"].tolist())
    return {
        "state": "ready",
        "survived": True,
        "height": before.shape[0],
        "width": before.shape[1],
        "channels": 1 if before.ndim == 2 else 3,
        "after": _bytes(after),
        "difference": _bytes(moved),
        "mapBefore": _bytes(shades(found["map_before"])),
        "mapAfter": _bytes(shades(found["map_after"])),
        "topK": top_k,
        "correlation": correlation,
        "shift": shift,
    }


def strength_orders(order: Order) -> list[Order]:
    """List an attack at every strength, each beside changes by chance; the weakest first, on which others build."""
    kinds = dict.fromkeys(("random", order.attack))
    return [replace(order, attack=kind, eps=eps) for eps in EPS for kind in kinds]


def strengths_told(opened: OpenStudy, maker: MapMaker, order: Order, *, is_wanted: bool) -> dict[str, Any]:
    """Tell how far a map changes at each strength, as far as that is known; order the rest where it is wanted.

    Raises
    ------
    MarginError
        There is no such attack.
    """
    orders = strength_orders(order)
    for one in orders:
        one.check(opened.study)
    found = {one: opened.maps.recalled(one) for one in orders}
    to_come = [one for one, answer in found.items() if answer is None]
    standings = {one: maker.standing(one) for one in to_come}
    open_ones = [one for one in to_come if standings[one].state != "failed"]
    if is_wanted:
        maker.ask(open_ones)
    under_way = next((at for at in standings.values() if at.state == "making"), Waiting("unknown"))
    failed = next((at.text for at in standings.values() if at.state == "failed"), "")
    lines: dict[str, list[dict[str, float | None] | None]] = {one.attack: [] for one in orders}
    for one, answer in found.items():
        kept = answer is not None and bool(answer["survived"])
        change = answer["change"].tolist() if answer is not None and kept else None
        names = ("topK", "correlation", "shift")
        told = None if change is None else {name: known(value) for name, value in zip(names, change, strict=True)}
        lines[one.attack].append(told)
    return {
        "state": ("making" if is_wanted else "partly") if open_ones else "failed" if failed else "ready",
        "fraction": round((len(orders) - len(to_come) + under_way.fraction) / len(orders), 3),
        "text": failed or maker.trouble or under_way.text,
        "eps": list(EPS),
        "lines": lines,
    }


# -- the samples that hold an answer up ------------------------------------------------------------


def no_examples(study: Study) -> str:
    """Say why nobody can tell which samples hold an answer up; empty when somebody can."""
    if not study.has(Need.LABELS):
        return "This study has no labels, so there is nothing that its samples could teach."
    if not study.has(Need.EMBEDDING):
        return "This study has no features, so nobody can tell which samples hold an answer up."
    if is_black_box(study.model):
        return (
            "This model only gives probabilities. Which samples hold an answer up can be followed through a network "
            "that gives features."
        )
    return ""


def examples_told(opened: OpenStudy, maker: MapMaker, row: int, eps: int) -> dict[str, Any]:
    """Tell which samples hold the answer up, before and after each change; order what is not known.

    Raises
    ------
    MarginError
        There is no such strength, or the study has no labels or features.
    """
    orders = [Order("examples", row, attack=change, eps=eps) for change in CHANGES]
    for order in orders:
        order.check(opened.study)
    found = {order: opened.maps.recalled(order) for order in orders}
    to_come = [order for order, answer in found.items() if answer is None]
    maker.ask(to_come)
    standings = [maker.standing(order) for order in to_come]
    failed = next((one for one in standings if one.state == "failed"), None)
    making = next((one for one in standings if one.state == "making"), None)
    shown = failed or making or Waiting("waiting", text=maker.trouble)
    if to_come:
        return {"state": shown.state, "fraction": shown.fraction, "text": shown.text}
    after = {order.attack: answer for order, answer in found.items() if answer is not None and bool(answer["survived"])}
    before = next(iter(after.values()), None)
    return {
        "state": "ready",
        "says": None if before is None else int(before["says"]),
        "before": [] if before is None else opened.brief(before["before"]),
        "after": {change: opened.brief(after[change]["after"]) if change in after else None for change in CHANGES},
    }


# -- many samples --------------------------------------------------------------------------------


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


# -- export --------------------------------------------------------------------------------------


def arrays(opened: OpenStudy, wish: Wish) -> bytes:
    """Write the maps of a wish, their curves and numbers as an ``.npz``.

    Raises
    ------
    KnobError
        None of them is made yet.
    """
    said = opened.maps.said(wish.row)
    kept: dict[str, np.ndarray] = {}
    if said is not None:
        target = wish.class_of(said)
        kept = {"probabilities": said, "target": np.array(target), "id": np.array(str(opened.study.ids[wish.row]))}
        for name in wish.methods:
            for kind, parts in (("map", ("heatmap",)), ("numbers", ("shares", "deletion", "insertion", "numbers"))):
                found = opened.maps.recalled(Order(kind, wish.row, name, target))
                kept |= {} if found is None else {f"{name}.{part}": np.asarray(found[part]) for part in parts}
    if not any(name.endswith(".heatmap") for name in kept):
        raise KnobError("No map of this sample is made yet. Wait for the first one.")
    kept["names_of_numbers"] = np.array(NUMBERS)
    if sort_of(opened.study) != "picture":
        kept["places"] = np.array(next(iter(content(opened.study, wish.row).values())))
    stream = io.BytesIO()
    np.savez(stream, allow_pickle=False, **kept)
    return stream.getvalue()


# -- words and bytes -----------------------------------------------------------------------------


def cannot(study: Study) -> str:
    """Say why no model can be looked into here; empty when one can."""
    if not study.has(Need.INPUTS):
        return "This study holds features and not the samples themselves, so there is nothing to show a model."
    if not study.has(Need.MODEL):
        return (
            "No model came with this study, so there is nothing to look into. Open it again and name its model, on the "
            "page “Open” or with --model."
        )
    return ""


def can_be_shaken(study: Study) -> bool:
    """Say whether samples could be changed so little that nobody sees it, and compared with those around them."""
    return not cannot(study) and sort_of(study) == "picture" and study.has(Need.EMBEDDING)


def known(number: float) -> float | None:
    """Give a number as JSON has it: None where it is not known."""
    return round(number, 4) if math.isfinite(number) else None


def _bytes(array: NDArray[Any]) -> str:
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
