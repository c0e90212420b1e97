"""The pairs of an attack, and their pictures."""

from __future__ import annotations

import io
from typing import cast, get_args

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.server.http import IMMUTABLE, STUDY, is_number, json_response, of_study
from dashboard.study.open_study import OpenStudy
from dashboard.views.adversarial.data import AttackResult, Order, kept_result, pairs_payload
from margin_core.tasks.adversarial.attacked_samples import AttackedSamples

PARTS = ("before", "after", "difference")

TIMES = 16
"""By how much a change is enlarged, around the middle gray."""

MIDDLE = 128


def _result(opened: OpenStudy, request: Request) -> tuple[AttackResult, AttackedSamples]:
    found = kept_result(opened, request.path_params["key"])
    if found is None or found.attacked is None:
        raise HTTPException(404, "This attack is no longer in memory. Load the page again.")
    return found, found.attacked


@of_study
def pairs(opened: OpenStudy, request: Request) -> Response:
    """Return the pairs whose class the attack changed, in the order of the query."""
    result, _ = _result(opened, request)
    order, score = request.query_params.get("order", "likely"), request.query_params.get("score", "raw")
    if order not in get_args(Order) or score not in result.areas:
        raise HTTPException(400, f"order must be one of {', '.join(get_args(Order))}, and score a known one.")
    return json_response(pairs_payload(opened, result, score, cast("Order", order)))


@of_study
def picture(opened: OpenStudy, request: Request) -> Response:
    """Return a picture before or after the attack, or the difference of both."""
    _, attacked = _result(opened, request)
    place, part = request.path_params["place"], request.path_params["part"]
    if not is_number(place) or int(place) >= len(attacked.clean.rows) or part not in PARTS:
        raise HTTPException(404, "There is no such picture.")
    before, after = attacked.pair(int(place))
    shown = {"before": before, "after": after}.get(part)
    return Response(_png(enlarge(before, after) if shown is None else shown), media_type="image/png", headers=IMMUTABLE)


def enlarge(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the difference of two pictures, `TIMES` as large, around the middle gray; uint8, of their shape."""
    change = after.astype(np.int32) - before.astype(np.int32)
    return np.clip(MIDDLE + TIMES * change, 0, 255).astype(np.uint8)


def _png(pixels: NDArray[np.uint8]) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(stream, "PNG", compress_level=1)
    return stream.getvalue()


ROUTES = [
    Route(f"{STUDY}/attack/{{key:str}}/pairs", pairs),
    Route(f"{STUDY}/attack/{{key:str}}/{{place:str}}/{{part:str}}", picture),
]
