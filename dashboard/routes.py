"""What a websocket carries badly: pictures, points, the queue and decisions, by plain HTTP.

Addresses hold numbers and known names only, never a path. Every answer is for this origin alone; a request that
changes something must carry the header ``X-Margin``, which a foreign page cannot send.
"""

from __future__ import annotations

import functools
import json
import tempfile
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any, cast, get_args

import numpy as np
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from dashboard.study.open_study import OpenStudy
from dashboard.study.pictures import Size
from dashboard.study.registry import DESK
from dashboard.views.counterfactuals.data import told
from dashboard.views.decision_boundary.data import VIEWS, film_told, pairs_told
from dashboard.views.prototypes.data import RULES
from dashboard.views.prototypes.data import told as typical_and_odd
from dashboard.views.saliency.attacks import attacked, strength_orders, strengths_told
from dashboard.views.saliency.examples import examples_told
from dashboard.views.saliency.export import arrays
from dashboard.views.saliency.sample import seen
from dashboard.views.saliency.series import (
    MOST_IN_A_ROW,
    comparison_told,
    start_comparison,
    start_strip,
    strip_told,
    trail,
)
from dashboard.views.saliency.wish import MOST_SHOWN, Wish
from margin_core.errors import MarginError
from margin_core.review import Choice, Verdict
from margin_core.review.export import FORMATS, export
from margin_core.tasks.invertible import Surrogate
from margin_core.tasks.saliency.worker.request import PREDICTED, SaliencyRequest

MOST_CARDS = 60
MOST_SKIPPED = 1000
MOST_DECISIONS = 500
MOST_BYTES = 1_000_000
MOST_METHODS = 12
GOAL = 10
"""Of 1,000 labels so many may be wrong when somebody stops, unless the address says otherwise."""

LONGEST_NUMBER = 18
"""Digits; what is longer fits no database."""

FOR_EVER = {"Cache-Control": "private, max-age=31536000, immutable"}
FRESH = {"Cache-Control": "no-store"}

Answer = Callable[[OpenStudy, Request], Response]


def _of_study(answer: Answer) -> Callable[[Request], Response]:
    """Find the study an address names, and tell a user's mistakes in one sentence."""

    @functools.wraps(answer)
    def endpoint(request: Request) -> Response:
        opened = DESK.study(request.path_params["study"])
        if opened is None:
            raise HTTPException(404, "This study is not open. Open it again.")
        try:
            return answer(opened, request)
        except MarginError as error:
            raise HTTPException(422, str(error)) from error

    return endpoint


def _number(request: Request, name: str, default: int, most: int) -> int:
    text = request.query_params.get(name, str(default))
    if not _is_number(text):
        raise HTTPException(400, f"{name} must be a whole number.")
    return min(int(text), most)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER


def _rows(opened: OpenStudy, text: str, most: int = MOST_CARDS) -> list[int]:
    parts = [part for part in text.split(",") if part]
    if len(parts) > most or not all(map(_is_number, parts)):
        raise HTTPException(400, f"rows must be at most {most} whole numbers, separated by commas.")
    rows = [int(part) for part in parts]
    if any(row >= len(opened.study) for row in rows):
        raise HTTPException(404, "There is no such row.")
    return rows


def _json(content: Any) -> Response:
    return JSONResponse(content, headers=FRESH)


@_of_study
def picture(opened: OpenStudy, request: Request) -> Response:
    """Send one picture."""
    # Not Starlette's own {row:int}: it fails on a number of thousands of digits.
    row, size = request.path_params["row"], request.query_params.get("size", "thumb")
    known = _is_number(row) and int(row) < len(opened.study)
    if not known or size not in get_args(Size) or opened.pictures.kind != "picture":
        raise HTTPException(404, "There is no such picture.")
    content, media_type = opened.pictures.picture(int(row), cast(Size, size))
    return Response(content, media_type=media_type, headers=FOR_EVER)


@_of_study
def points(opened: OpenStudy, request: Request) -> Response:
    """Send the map: float32 x, y, one pair a sample."""
    laid = opened.positions
    if laid is None:
        raise HTTPException(409, "The map is still being laid out.")
    content = np.ascontiguousarray(laid, dtype="<f4").tobytes()
    return Response(content, media_type="application/octet-stream", headers=FOR_EVER)


@_of_study
def channel(opened: OpenStudy, request: Request) -> Response:
    """Send a colour channel: one byte a sample."""
    name = request.path_params["name"]
    if name not in opened.channels:
        raise HTTPException(404, "There is no such channel.")
    return Response(opened.channel(name).tobytes(), media_type="application/octet-stream", headers=FRESH)


@_of_study
def mask(opened: OpenStudy, request: Request) -> Response:
    """Send a filter: one byte a sample, 1 = stands out."""
    kept = opened.mask(request.path_params["key"])
    if kept is None:
        raise HTTPException(404, "This filter is no longer kept.")
    return Response(kept.tobytes(), media_type="application/octet-stream", headers=FRESH)


@_of_study
def cards(opened: OpenStudy, request: Request) -> Response:
    """Tell everything about the samples asked for."""
    return _json({"cards": opened.cards(_rows(opened, request.query_params.get("rows", "")))})


@_of_study
def why(opened: OpenStudy, request: Request) -> Response:
    """Tell why one sample is suspect."""
    row = request.path_params["row"]
    if not _is_number(row) or int(row) >= len(opened.study):
        raise HTTPException(404, "There is no such row.")
    opened.session.refresh()
    return _json(opened.why(int(row)))


@_of_study
def walk(opened: OpenStudy, request: Request) -> Response:
    """Send the walk of a sample across the boundary of two classes; without a pair, of the two likeliest."""
    row, asked = request.path_params["row"], request.query_params
    if not _is_number(row) or int(row) >= len(opened.study):
        raise HTTPException(404, "There is no such row.")
    pair = [int(part) for part in asked.get("pair", "").split(",") if _is_number(part)]
    if len(pair) not in (0, 2) or any(one >= len(opened.study.class_names) for one in pair):
        raise HTTPException(400, "pair must be the numbers of two classes, separated by a comma.")
    recipe = Surrogate(of=asked.get("of", "inputs"), learn_from=asked.get("learn_from", "labels"))
    found = opened.crossing(recipe, int(row), (pair[0], pair[1]) if pair else None)
    return _json(told(opened.study, opened.surrogate(recipe), found))


@_of_study
def typical(opened: OpenStudy, request: Request) -> Response:
    """Send prototypes and criticisms by one rule, class by class."""
    task = RULES.get(request.path_params["name"])
    found = None if task is None else opened.answer(task)
    if found is None:
        raise HTTPException(404, "Nobody has asked for these prototypes yet.")
    return _json(typical_and_odd(opened, found))


@_of_study
def boundary(opened: OpenStudy, request: Request) -> Response:
    """Send which classes touch, or with a pair the samples between those two."""
    view = request.path_params["name"]
    found = opened.boundary(view) if view in VIEWS else None
    if found is None:
        raise HTTPException(404, "Nobody has asked for this boundary yet.")
    asked = request.query_params.get("pair")
    if asked is None:
        return _json(pairs_told(found))
    pair = [int(part) for part in asked.split(",") if _is_number(part)]
    if len(pair) != 2 or not 0 <= pair[0] < pair[1] < len(opened.study.class_names):
        raise HTTPException(400, "pair must be the numbers of two classes, the smaller first, separated by a comma.")
    return _json(film_told(opened, found, (pair[0], pair[1])))


@_of_study
def chances(opened: OpenStudy, request: Request) -> Response:
    """Send how likely a label of each score is wrong; empty where that is not known of this queue's score."""
    opened.session.refresh()
    curve = opened.curve()
    parts = {"doubt": "score_logit", "likely": "mean", "low": "low", "high": "high"}
    told = {name: [] if curve is None else np.round(getattr(curve, part), 4).tolist() for name, part in parts.items()}
    return _json({"version": opened.version} | told)


@_of_study
def queue(opened: OpenStudy, request: Request) -> Response:
    """Send the next samples to decide on."""
    limit = request.query_params.get("selection", "")
    if limit and opened.selection(limit) is None:
        raise HTTPException(410, "This selection is no longer kept. Select again, or review all suspects.")
    opened.session.refresh()
    return _json(_standing(opened, request))


@_of_study
def groups(opened: OpenStudy, request: Request) -> Response:
    """List open suspects that share their given and suggested label."""
    listed = [
        {"given": group.given, "suggested": group.suggested, "count": group.count} for group in opened.session.groups()
    ]
    return _json({"groups": listed})


@_of_study
def selection(opened: OpenStudy, request: Request) -> Response:
    """Send one page of a selection, in its order."""
    kept = opened.selection(request.path_params["key"])
    if kept is None:
        raise HTTPException(404, "This selection is no longer kept. Select again.")
    ranked = opened.ordered(kept)
    offset = _number(request, "offset", 0, len(ranked))
    limit = _number(request, "limit", MOST_CARDS, MOST_CARDS)
    return _json({"total": len(ranked), "cards": opened.brief(ranked[offset : offset + limit])})


async def decisions(request: Request) -> Response:
    """Record decisions; the same (client, seq) twice is recorded once."""
    if request.headers.get("x-margin") != "1" or not _is_json(request):
        raise HTTPException(403, "Decisions are taken from the dashboard only.")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise HTTPException(413, "Too many decisions at once.")
    return await run_in_threadpool(_record, request, body)


def _record(request: Request, body: bytes) -> Response:
    opened = DESK.study(request.path_params["study"])
    if opened is None:
        raise HTTPException(503, "This study is not open yet. The decisions stay in the browser until it is.")
    try:
        told = json.loads(body)
        client = str(told["client"])
        reviewer = str(told["reviewer"])[:200] if told.get("reviewer") else None
        choices = [_choice(entry, reviewer) for entry in told["decisions"][:MOST_DECISIONS]]
    except (AttributeError, LookupError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise HTTPException(400, f"These decisions cannot be read ({error}).") from error
    try:
        outcome = opened.session.decide(choices, client=client)
    except MarginError as error:
        raise HTTPException(503, str(error)) from error
    answer = {
        "recorded": list(outcome.recorded),
        "refused": [{"seq": refusal.seq, "reason": refusal.reason} for refusal in outcome.refused],
        "conflicts": len(outcome.conflicts),
    }
    response = _json(answer | _standing(opened, request))
    response.background = BackgroundTask(DESK.follow_up, opened.key)
    return response


def _choice(entry: dict[str, Any], reviewer: str | None) -> Choice:
    label, score, based_on = entry.get("label"), entry.get("score"), entry.get("based_on")
    return Choice(
        seq=_whole(entry["seq"]),
        row=_whole(entry["row"]),
        verdict=Verdict(entry["verdict"]),
        label=None if label is None else _whole(label),
        note=str(entry.get("note") or "")[:2000],
        score=None if score is None else float(score),
        at=datetime.fromisoformat(entry["at"]) if entry.get("at") else None,
        reviewer=reviewer,
        based_on=None if based_on is None else _whole(based_on),
        sampled=entry.get("drawn") is True,
    )


def _whole(value: Any) -> int:
    """Take a number from JSON that every database can keep."""
    if not isinstance(value, int) or abs(value) >= 10**LONGEST_NUMBER:
        raise ValueError(f"{value!r} is not a whole number")
    return value


def _standing(opened: OpenStudy, request: Request) -> dict[str, Any]:
    """Tell how the review stands and what comes next, for the filters in the address."""
    session = opened.session
    limit = request.query_params.get("selection", "")
    chosen = opened.selection(limit)
    skip = _rows(opened, request.query_params.get("skip", ""), MOST_SKIPPED)
    wanted = {
        name: int(request.query_params[name])
        for name in ("given", "suggested")
        if _is_number(request.query_params.get(name, ""))
    }
    # A limit that is forgotten meanwhile leaves nothing to offer: never samples outside it.
    within = (chosen.rows if chosen else np.empty(0, np.int64)) if limit else None
    # Who selected samples wants to see all of them; the queue itself ends with the last suspect unless asked to go on.
    beyond = bool(limit) or request.query_params.get("beyond") == "1"
    count = _number(request, "limit", 12, MOST_CARDS)
    if beyond or wanted:
        rows = session.upcoming(count, within=within, skip=skip, beyond=beyond, **wanted)
        drawn = np.zeros(len(rows), bool)
    else:
        rows, drawn = session.mixed(count, skip=skip, checks=request.query_params.get("checks") == "1")
    return {
        "version": session.version,
        "progress": asdict(session.progress()) | {"left": _left(opened, _number(request, "goal", GOAL, 1000))},
        "history": opened.history(),
        "learnt": {
            "refits": session.swaps,
            "corrections": opened.learnt_from,
            "trouble": DESK.learning_trouble(opened.key),
        },
        # The desk sends `drawn` back with the decision; it shows nobody.
        "cards": [card | {"drawn": one} for card, one in zip(opened.cards(rows), drawn.tolist(), strict=True)],
    }


def _left(opened: OpenStudy, goal: int) -> dict[str, int | None]:
    """Tell how many labels are still wrong at most; `checks`: so many clean random samples bring it to the goal."""
    labelled = opened.audited.overview.labelled
    allowed = labelled * goal // 1000
    left = opened.session.remaining()
    bounds = {"found": left.found, "least": left.lower, "most": left.upper, "drawn": left.n_sampled}
    more = {"labelled": labelled, "goal": allowed, "checks": opened.session.checks_needed(allowed)}
    return bounds | more


def _is_json(request: Request) -> bool:
    return request.headers.get("content-type", "").split(";")[0].strip() == "application/json"


@_of_study
def download(opened: OpenStudy, request: Request) -> Response:
    """Send an export as a file."""
    chosen = next((known for known in FORMATS if known.name == request.path_params["format"]), None)
    if chosen is None or not chosen.suffix:
        raise HTTPException(404, "There is no such file format.")
    scratch = tempfile.TemporaryDirectory(prefix="margin-export-")
    path = Path(scratch.name) / f"{opened.study.name}-{chosen.name}{chosen.suffix}"
    export(opened.study, opened.store.decisions(), chosen.name, path)
    return FileResponse(path, filename=path.name, headers=FRESH, background=BackgroundTask(scratch.cleanup))


def _one_row(opened: OpenStudy, request: Request) -> int:
    rows = _rows(opened, request.path_params["row"])
    if len(rows) != 1:
        raise HTTPException(400, "Name one sample.")
    return rows[0]


def _wish(opened: OpenStudy, request: Request) -> Wish:
    asked = request.query_params
    return Wish(
        row=_one_row(opened, request),
        methods=tuple(part for part in asked.get("methods", "").split(",") if part)[: MOST_SHOWN + 1],
        target=_class(request, "class", PREDICTED),
        against=None if "against" not in asked else _class(request, "against", PREDICTED),
        parts=asked.get("parts") == "1",
    )


def _class(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name, "")
    if text and not _is_number(text):
        raise HTTPException(400, f"{name} must be the number of a class.")
    return int(text) if text else default


def _for_us(request: Request) -> None:
    """Refuse to start work for another page: none can send this header."""
    if request.headers.get("x-margin") != "1":
        raise HTTPException(403, "Maps are made for the dashboard only.")


@_of_study
def saliency(opened: OpenStudy, request: Request) -> Response:
    """Tell what is known of the maps of a sample, and have the others made."""
    _for_us(request)
    return _json(seen(opened, DESK.maker(opened.key), _wish(opened, request)))


@_of_study
def attack(opened: OpenStudy, request: Request) -> Response:
    """Tell what becomes of a map when the picture is changed a little, and have that found out."""
    _for_us(request)
    order = replace(_attack(opened, request), eps=_number(request, "eps", 0, 255))
    return _json(attacked(opened, DESK.maker(opened.key), order))


def _attack(opened: OpenStudy, request: Request) -> SaliencyRequest:
    asked = request.query_params
    target = _class(request, "class", PREDICTED)
    if target == PREDICTED:
        raise HTTPException(400, "class must be the number of a class.")
    return SaliencyRequest(
        "attack", _one_row(opened, request), asked.get("method", ""), target, asked.get("attack", "")
    )


@_of_study
def strengths(opened: OpenStudy, request: Request) -> Response:
    """Tell how far a map changes at each strength; have it found out, or call that off, when the address says so."""
    _for_us(request)
    order, wish = _attack(opened, request), request.query_params.get("wish", "")
    maker = DESK.maker(opened.key)
    if wish == "stop":
        maker.leave(strength_orders(order))
    return _json(strengths_told(opened, maker, order, is_wanted=wish == "all"))


@_of_study
def examples(opened: OpenStudy, request: Request) -> Response:
    """Tell which samples hold an answer up before and after a change, and have that found out."""
    _for_us(request)
    row, eps = _one_row(opened, request), _number(request, "eps", 0, 255)
    return _json(examples_told(opened, DESK.maker(opened.key), row, eps))


@_of_study
def saliency_bytes(opened: OpenStudy, request: Request) -> Response:
    """Send a map: one byte a place; or of parts, two bytes: the part that each place lies in."""
    found = opened.maps.kept(request.path_params["name"], request.path_params["key"])
    if found is None:
        raise HTTPException(404, "This map is not kept.")
    return Response(found, media_type="application/octet-stream", headers=FOR_EVER)


@_of_study
def saliency_arrays(opened: OpenStudy, request: Request) -> Response:
    """Send the maps of a sample as a file of arrays."""
    wish = _wish(opened, request)
    wish.check(opened.study)
    names = {"Content-Disposition": f'attachment; filename="maps-{wish.row}.npz"'}
    return Response(arrays(opened, wish), media_type="application/octet-stream", headers=FRESH | names)


@_of_study
def saliency_trail(opened: OpenStudy, request: Request) -> Response:
    """List the samples that next and previous go through."""
    rows, title = trail(opened, request.query_params.get("selection"))
    ids = opened.study.ids[rows].tolist()
    return _json({"rows": rows.tolist(), "ids": [str(name) for name in ids], "title": title})


@_of_study
def saliency_strip(opened: OpenStudy, request: Request) -> Response:
    """Tell which of some samples have their map, and how far the series is."""
    rows = _rows(opened, request.query_params.get("rows", ""))
    return _json(strip_told(opened, DESK.maker(opened.key), rows, request.query_params.get("method", "")))


@_of_study
def saliency_comparison(opened: OpenStudy, request: Request) -> Response:
    """Tell how methods compare on a sample of the study."""
    return _json(comparison_told(opened, DESK.maker(opened.key), _number(request, "count", 50, 200)))


async def saliency_series(request: Request) -> Response:
    """Start or stop a series of maps."""
    if request.headers.get("x-margin") != "1" or not _is_json(request):
        raise HTTPException(403, "Maps are made for the dashboard only.")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise HTTPException(413, "Too many samples at once.")
    return await run_in_threadpool(_series, request, body)


def _series(request: Request, body: bytes) -> Response:
    opened = DESK.study(request.path_params["study"])
    if opened is None:
        raise HTTPException(404, "This study is not open. Open it again.")
    maker = DESK.maker(opened.key)
    try:
        told = json.loads(body)
        what = str(told["what"])
        methods = [str(name) for name in told.get("methods", [])[:MOST_METHODS]]
        rows = [_whole(row) for row in told.get("rows", [])[:MOST_IN_A_ROW]]
        count = _whole(told.get("count", 0))
    except (AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise HTTPException(400, f"This cannot be read ({error}).") from error
    try:
        match what:
            case "strip":
                start_strip(opened, maker, rows, methods)
            case "comparison":
                start_comparison(opened, maker, count, methods)
            case "stop":
                maker.stop(str(told.get("name")))
            case "again":
                maker.try_again()
            case _:
                raise HTTPException(400, "A series is of a strip or a comparison.")
    except MarginError as error:
        raise HTTPException(422, str(error)) from error
    return _json({"accepted": True})


_STUDY = "/margin/{study:str}"
ROUTES = [
    Route(f"{_STUDY}/picture/{{row:str}}", picture),
    Route(f"{_STUDY}/points", points),
    Route(f"{_STUDY}/channel/{{name:str}}", channel),
    Route(f"{_STUDY}/mask/{{key:str}}", mask),
    Route(f"{_STUDY}/cards", cards),
    Route(f"{_STUDY}/why/{{row:str}}", why),
    Route(f"{_STUDY}/walk/{{row:str}}", walk),
    Route(f"{_STUDY}/typical/{{name:str}}", typical),
    Route(f"{_STUDY}/boundary/{{name:str}}", boundary),
    Route(f"{_STUDY}/saliency/trail", saliency_trail),
    Route(f"{_STUDY}/saliency/strip", saliency_strip),
    Route(f"{_STUDY}/saliency/comparison", saliency_comparison),
    Route(f"{_STUDY}/saliency/series", saliency_series, methods=["POST"]),
    Route(f"{_STUDY}/saliency/kept/{{name:str}}/{{key:str}}", saliency_bytes),
    Route(f"{_STUDY}/saliency/{{row:str}}", saliency),
    Route(f"{_STUDY}/saliency/{{row:str}}/attack", attack),
    Route(f"{_STUDY}/saliency/{{row:str}}/strengths", strengths),
    Route(f"{_STUDY}/saliency/{{row:str}}/examples", examples),
    Route(f"{_STUDY}/saliency/{{row:str}}/arrays", saliency_arrays),
    Route(f"{_STUDY}/chances", chances),
    Route(f"{_STUDY}/queue", queue),
    Route(f"{_STUDY}/groups", groups),
    Route(f"{_STUDY}/selection/{{key:str}}", selection),
    Route(f"{_STUDY}/decisions", decisions, methods=["POST"]),
    Route(f"{_STUDY}/export/{{format:str}}", download),
]
