"""Heatmaps of a sample, what changes them, and series of many; what is not computed yet is requested."""

from __future__ import annotations

import json
from dataclasses import replace

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.server.http import (
    IMMUTABLE,
    NO_STORE,
    STUDY,
    bytes_response,
    json_response,
    of_study,
    posted,
    read_class,
    read_number,
    read_rows,
    require_dashboard,
    whole_number,
)
from dashboard.study import registry
from dashboard.study.open_study import OpenStudy
from dashboard.views.saliency.attacks import attack_payload, strength_requests, strengths_payload
from dashboard.views.saliency.examples import examples_payload
from dashboard.views.saliency.export import arrays_file
from dashboard.views.saliency.heatmap_store import heatmaps_of
from dashboard.views.saliency.heatmaps import heatmaps_payload
from dashboard.views.saliency.query import MAX_METHODS, SaliencyQuery
from dashboard.views.saliency.series import (
    MAX_TRAIL,
    Trail,
    comparison_payload,
    start_comparison,
    start_strip,
    strip_payload,
    trail,
)
from dashboard.views.saliency.worker import worker_of
from margin_core.errors import MarginError
from margin_core.tasks.saliency.worker.request import PREDICTED, SaliencyRequest

MAX_POSTED_METHODS = 12
MAX_STRENGTH = 255
MAX_COMPARED = 200
FOREIGN = "Heatmaps are made for the dashboard only."


def _one_row(opened: OpenStudy, request: Request) -> int:
    rows = read_rows(opened, request.path_params["row"])
    if len(rows) != 1:
        raise HTTPException(400, "Name one sample.")
    return rows[0]


def _read_query(opened: OpenStudy, request: Request) -> SaliencyQuery:
    query = request.query_params
    return SaliencyQuery(
        row=_one_row(opened, request),
        methods=tuple(part for part in query.get("methods", "").split(",") if part)[: MAX_METHODS + 1],
        target=read_class(request, "class", PREDICTED),
        against=None if "against" not in query else read_class(request, "against", PREDICTED),
        parts=query.get("parts") == "1",
    )


def _read_attack(opened: OpenStudy, request: Request) -> SaliencyRequest:
    query = request.query_params
    target = read_class(request, "class", PREDICTED)
    if target == PREDICTED:
        raise HTTPException(400, "class must be the number of a class.")
    return SaliencyRequest(
        "attack", _one_row(opened, request), query.get("method", ""), target, query.get("attack", "")
    )


@of_study
def saliency(opened: OpenStudy, request: Request) -> Response:
    """Return what is known of the heatmaps of a sample."""
    require_dashboard(request, FOREIGN)
    return json_response(heatmaps_payload(opened, worker_of(opened), _read_query(opened, request)))


@of_study
def attack(opened: OpenStudy, request: Request) -> Response:
    """Return what becomes of a heatmap when the picture is changed a little."""
    require_dashboard(request, FOREIGN)
    wanted = replace(_read_attack(opened, request), eps=read_number(request, "eps", 0, MAX_STRENGTH))
    return json_response(attack_payload(opened, worker_of(opened), wanted))


@of_study
def strengths(opened: OpenStudy, request: Request) -> Response:
    """Return how far a heatmap changes at each strength; request that, or withdraw it, when the address says so."""
    require_dashboard(request, FOREIGN)
    wanted, action = _read_attack(opened, request), request.query_params.get("action", "")
    worker = worker_of(opened)
    if action == "stop":
        worker.withdraw(strength_requests(wanted))
    return json_response(strengths_payload(opened, worker, wanted, is_wanted=action == "start"))


@of_study
def examples(opened: OpenStudy, request: Request) -> Response:
    """Return which samples support the prediction before and after a change."""
    require_dashboard(request, FOREIGN)
    row, strength = _one_row(opened, request), read_number(request, "eps", 0, MAX_STRENGTH)
    return json_response(examples_payload(opened, worker_of(opened), row, strength))


@of_study
def heatmap(opened: OpenStudy, request: Request) -> Response:
    """Return a heatmap: one byte a place; or of parts, two bytes: the part that each place lies in."""
    found = heatmaps_of(opened).encoded(request.path_params["name"], request.path_params["key"])
    if found is None:
        raise HTTPException(404, "This heatmap is not kept.")
    return bytes_response(found, IMMUTABLE)


@of_study
def arrays(opened: OpenStudy, request: Request) -> Response:
    """Return the heatmaps of a sample as a file of arrays."""
    query = _read_query(opened, request)
    query.check(opened.study)
    names = {"Content-Disposition": f'attachment; filename="heatmaps-{query.row}.npz"'}
    return bytes_response(arrays_file(opened, query), NO_STORE | names)


@of_study
def list_trail(opened: OpenStudy, request: Request) -> Response:
    """List the samples that next and previous go through."""
    rows, title = trail(opened, request.query_params.get("selection"))
    ids = [str(name) for name in opened.study.ids[rows].tolist()]
    excerpts = [] if opened.pictures.kind == "picture" else [opened.pictures.excerpt(row) for row in rows.tolist()]
    return json_response(Trail(rows=rows.tolist(), ids=ids, excerpts=excerpts, title=title))


@of_study
def strip(opened: OpenStudy, request: Request) -> Response:
    """Return which of some samples have their heatmap, and how far the series is."""
    rows = read_rows(opened, request.query_params.get("rows", ""))
    return json_response(strip_payload(opened, worker_of(opened), rows, request.query_params.get("method", "")))


@of_study
def comparison(opened: OpenStudy, request: Request) -> Response:
    """Return how methods compare on a sample of the study."""
    return json_response(comparison_payload(opened, worker_of(opened), read_number(request, "count", 50, MAX_COMPARED)))


def change_series(request: Request, body: bytes) -> Response:
    """Start or stop a series of heatmaps."""
    opened = registry.STUDIES.study(request.path_params["study"])
    if opened is None:
        raise HTTPException(404, "This study is not open. Open it again.")
    worker = worker_of(opened)
    try:
        message = json.loads(body)
        what = str(message["what"])
        methods = [str(name) for name in message.get("methods", [])[:MAX_POSTED_METHODS]]
        rows = [whole_number(row) for row in message.get("rows", [])[:MAX_TRAIL]]
        count = whole_number(message.get("count", 0))
    except (AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise HTTPException(400, f"This cannot be read ({error}).") from error
    try:
        match what:
            case "strip":
                start_strip(opened, worker, rows, methods)
            case "comparison":
                start_comparison(opened, worker, count, methods)
            case "stop":
                worker.stop_series(str(message.get("name")))
            case "retry":
                worker.retry()
            case _:
                raise HTTPException(400, "A series is of a strip or a comparison.")
    except MarginError as error:
        raise HTTPException(422, str(error)) from error
    return json_response({"accepted": True})


series = posted(change_series, foreign=FOREIGN, too_large="Too many samples at once.")

ROUTES = [
    Route(f"{STUDY}/saliency/trail", list_trail),
    Route(f"{STUDY}/saliency/strip", strip),
    Route(f"{STUDY}/saliency/comparison", comparison),
    Route(f"{STUDY}/saliency/series", series, methods=["POST"]),
    Route(f"{STUDY}/saliency/kept/{{name:str}}/{{key:str}}", heatmap),
    Route(f"{STUDY}/saliency/{{row:str}}", saliency),
    Route(f"{STUDY}/saliency/{{row:str}}/attack", attack),
    Route(f"{STUDY}/saliency/{{row:str}}/strengths", strengths),
    Route(f"{STUDY}/saliency/{{row:str}}/examples", examples),
    Route(f"{STUDY}/saliency/{{row:str}}/arrays", arrays),
]
