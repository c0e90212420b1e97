"""What imperceptible changes of the picture do to a heatmap."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal, TypedDict, cast

import numpy as np
from numpy.typing import NDArray

from dashboard.shared.components import base64_of
from dashboard.study.open_study import OpenStudy
from dashboard.views.saliency.heatmap_store import heatmap_bytes, heatmaps_of
from dashboard.views.saliency.json_numbers import number_or_none
from dashboard.views.saliency.worker import RequestStatus, SaliencyWorker
from margin_core.tasks.saliency.fragility.kinds import EPS
from margin_core.tasks.saliency.worker.request import SaliencyRequest


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
    """What became of a heatmap under attack.

    Attributes
    ----------
    after, difference
        Base64 of one byte a value: the picture as it was changed; the change, 16 times, around 128.
    heatmapBefore, heatmapAfter
        Base64 of one byte a pixel.
    topK
        Share of the most important pixels that both heatmaps name.
    correlation
        Rank correlation of both heatmaps.
    shift
        Distance between their centers, in pixels.
    """

    state: Literal["ready"]
    survived: Literal[True]
    height: int
    width: int
    channels: Literal[1, 3]
    after: str
    difference: str
    heatmapBefore: str
    heatmapAfter: str
    topK: float | None
    correlation: float | None
    shift: float | None


class HeatmapChange(TypedDict):
    """How far a heatmap changed; see `Attacked`."""

    topK: float | None
    correlation: float | None
    shift: float | None


class Strengths(TypedDict):
    """How far a heatmap changes at each strength.

    Attributes
    ----------
    state
        ``partly``: more could be found out.
    eps
        The strengths.
    lines
        Of each kind of change, what became of the heatmap at each strength; None: not known, or no change was found.
    """

    state: Literal["ready", "making", "partly", "failed"]
    fraction: float
    text: str
    eps: list[int]
    lines: dict[str, list[HeatmapChange | None]]


def under_way(status: RequestStatus, text: str = "") -> UnderWay:
    """Return how far a request is."""
    state = cast("Literal['waiting', 'making', 'failed', 'unknown']", status.state)
    return UnderWay(state=state, fraction=status.fraction, text=status.text or text)


def attack_payload(
    opened: OpenStudy, worker: SaliencyWorker, request: SaliencyRequest
) -> UnderWay | AttackFailed | Attacked:
    """Return what became of a heatmap under attack, or how far that is, and request it.

    Raises
    ------
    MarginError
        There is no such attack.
    """
    request.check(opened.study)
    found = heatmaps_of(opened).load(request)
    if found is None:
        worker.submit([request])
        return under_way(worker.status(request), worker.error)
    if not bool(found["survived"]):
        return {"state": "ready", "survived": False}
    before, after = np.asarray(found["before"]), np.asarray(found["after"])
    moved = np.clip(128 + 16 * (after.astype(np.int32) - before), 0, 255).astype(np.uint8)
    top_k, correlation, shift = (number_or_none(value) for value in found["change"].tolist())
    return {
        "state": "ready",
        "survived": True,
        "height": before.shape[0],
        "width": before.shape[1],
        "channels": 1 if before.ndim == 2 else 3,
        "after": base64_of(after),
        "difference": base64_of(moved),
        "heatmapBefore": base64_of(heatmap_bytes(found["heatmap_before"])),
        "heatmapAfter": base64_of(heatmap_bytes(found["heatmap_after"])),
        "topK": top_k,
        "correlation": correlation,
        "shift": shift,
    }


def strength_requests(request: SaliencyRequest) -> list[SaliencyRequest]:
    """List an attack at every strength, each beside random changes; the weakest first, on which others build."""
    kinds = dict.fromkeys(("random", request.attack))
    return [replace(request, attack=kind, eps=eps) for eps in EPS for kind in kinds]


def strengths_payload(
    opened: OpenStudy, worker: SaliencyWorker, request: SaliencyRequest, *, is_wanted: bool
) -> Strengths:
    """Return how far a heatmap changes at each strength, as far as it is computed; request the rest where it is wanted.

    Raises
    ------
    MarginError
        There is no such attack.
    """
    requests = strength_requests(request)
    for one in requests:
        one.check(opened.study)
    found = {one: heatmaps_of(opened).load(one) for one in requests}
    missing = [one for one, answer in found.items() if answer is None]
    statuses = {one: worker.status(one) for one in missing}
    open_ones = [one for one in missing if statuses[one].state != "failed"]
    if is_wanted:
        worker.submit(open_ones)
    now = next((at for at in statuses.values() if at.state == "making"), RequestStatus("unknown"))
    failed = next((at.text for at in statuses.values() if at.state == "failed"), "")
    lines: dict[str, list[HeatmapChange | None]] = {one.attack: [] for one in requests}
    for one, answer in found.items():
        kept = answer is not None and bool(answer["survived"])
        lines[one.attack].append(_change(answer["change"]) if answer is not None and kept else None)
    return {
        "state": ("making" if is_wanted else "partly") if open_ones else "failed" if failed else "ready",
        "fraction": round((len(requests) - len(missing) + now.fraction) / len(requests), 3),
        "text": failed or worker.error or now.text,
        "eps": list(EPS),
        "lines": lines,
    }


def _change(numbers: NDArray[Any]) -> HeatmapChange:
    top_k, correlation, shift = (number_or_none(value) for value in numbers.tolist())
    return HeatmapChange(topK=top_k, correlation=correlation, shift=shift)
