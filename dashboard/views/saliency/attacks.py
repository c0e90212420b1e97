"""What changes that nobody sees do to a map."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, TypedDict, cast

import numpy as np
from numpy.typing import NDArray

from dashboard.views.saliency.book import shades
from dashboard.views.saliency.known import known
from dashboard.views.saliency.worker import MapMaker, Waiting
from margin_core.tasks.saliency.worker.request import EPS, SaliencyRequest

if TYPE_CHECKING:
    from dashboard.study.open_study import OpenStudy


class UnderWay(TypedDict):
    """How far something is that is not there yet, or why it will not come."""

    state: Literal["waiting", "making", "failed", "unknown"]
    fraction: float
    text: str


class AttackFailed(TypedDict):
    """No change within the limit kept the model's answer."""

    state: Literal["ready"]
    survived: Literal[False]


class Attacked(TypedDict):
    """What became of a map under attack.

    Attributes
    ----------
    after, difference
        Base64 of one byte a value: the picture as it was changed; the change, 16 times, around 128.
    mapBefore, mapAfter
        Base64 of one byte a pixel.
    topK
        Share of the most important pixels that both maps name.
    correlation
        Rank correlation of both maps.
    shift
        Distance between their centres, in pixels.
    """

    state: Literal["ready"]
    survived: Literal[True]
    height: int
    width: int
    channels: Literal[1, 3]
    after: str
    difference: str
    mapBefore: str
    mapAfter: str
    topK: float | None
    correlation: float | None
    shift: float | None


class MapChange(TypedDict):
    """How far a map changed; see `Attacked`."""

    topK: float | None
    correlation: float | None
    shift: float | None


class Strengths(TypedDict):
    """How far a map changes at each strength.

    Attributes
    ----------
    state
        ``partly``: more could be found out.
    eps
        The strengths.
    lines
        Of each kind of change, what became of the map at each strength; None: not known, or no change was found.
    """

    state: Literal["ready", "making", "partly", "failed"]
    fraction: float
    text: str
    eps: list[int]
    lines: dict[str, list[MapChange | None]]


def under_way(standing: Waiting, text: str = "") -> UnderWay:
    """Tell how far something is."""
    state = cast("Literal['waiting', 'making', 'failed', 'unknown']", standing.state)
    return UnderWay(state=state, fraction=standing.fraction, text=standing.text or text)


def attacked(opened: OpenStudy, maker: MapMaker, order: SaliencyRequest) -> UnderWay | AttackFailed | Attacked:
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
        return under_way(maker.standing(order), maker.trouble)
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


def strength_orders(order: SaliencyRequest) -> list[SaliencyRequest]:
    """List an attack at every strength, each beside changes by chance; the weakest first, on which others build."""
    kinds = dict.fromkeys(("random", order.attack))
    return [replace(order, attack=kind, eps=eps) for eps in EPS for kind in kinds]


def strengths_told(opened: OpenStudy, maker: MapMaker, order: SaliencyRequest, *, is_wanted: bool) -> Strengths:
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
    now = next((at for at in standings.values() if at.state == "making"), Waiting("unknown"))
    failed = next((at.text for at in standings.values() if at.state == "failed"), "")
    lines: dict[str, list[MapChange | None]] = {one.attack: [] for one in orders}
    for one, answer in found.items():
        kept = answer is not None and bool(answer["survived"])
        lines[one.attack].append(_change(answer["change"]) if answer is not None and kept else None)
    return {
        "state": ("making" if is_wanted else "partly") if open_ones else "failed" if failed else "ready",
        "fraction": round((len(orders) - len(to_come) + now.fraction) / len(orders), 3),
        "text": failed or maker.trouble or now.text,
        "eps": list(EPS),
        "lines": lines,
    }


def _change(numbers: NDArray[Any]) -> MapChange:
    top_k, correlation, shift = (known(value) for value in numbers.tolist())
    return MapChange(topK=top_k, correlation=correlation, shift=shift)


def _bytes(array: NDArray[Any]) -> str:
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
