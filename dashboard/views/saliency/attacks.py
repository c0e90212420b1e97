"""What changes that nobody sees do to a map."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dashboard.views.saliency.book import shades
from dashboard.views.saliency.known import known
from dashboard.views.saliency.worker import MapMaker, Waiting
from margin_core.tasks.saliency.requests import EPS, Order

if TYPE_CHECKING:
    from dashboard.study.open_study import OpenStudy


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


def _bytes(array: NDArray[Any]) -> str:
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
