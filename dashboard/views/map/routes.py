"""What the map draws: points, colors and masks, as bytes."""

from __future__ import annotations

import numpy as np
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.server.http import IMMUTABLE, STUDY, bytes_response, of_study
from dashboard.study.open_study import OpenStudy
from dashboard.views.map.data import available_channels, mask_of


@of_study
def points(opened: OpenStudy, request: Request) -> Response:
    """Return the map: float32 x, y, one pair a sample."""
    positions = opened.positions
    if positions is None:
        raise HTTPException(409, "The map is still being laid out.")
    return bytes_response(np.ascontiguousarray(positions, dtype="<f4").tobytes(), IMMUTABLE)


@of_study
def channel(opened: OpenStudy, request: Request) -> Response:
    """Return a color channel: one byte a sample."""
    found = available_channels(opened).get(request.path_params["name"])
    if found is None:
        raise HTTPException(404, "There is no such channel.")
    return bytes_response(found.values(opened).tobytes())


@of_study
def mask(opened: OpenStudy, request: Request) -> Response:
    """Return a filter: one byte a sample, 1 = stands out."""
    kept = mask_of(opened, request.path_params["key"])
    if kept is None:
        raise HTTPException(404, "This filter is no longer kept.")
    return bytes_response(kept.tobytes())


ROUTES = [
    Route(f"{STUDY}/points", points),
    Route(f"{STUDY}/channel/{{name:str}}", channel),
    Route(f"{STUDY}/mask/{{key:str}}", mask),
]
