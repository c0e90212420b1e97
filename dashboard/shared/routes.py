"""What the sample panel and the thumbnails of every view ask for: pictures, cards, evidence, selections."""

from __future__ import annotations

from typing import cast, get_args

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.server.http import (
    IMMUTABLE,
    MAX_ROWS,
    STUDY,
    is_number,
    json_response,
    of_study,
    read_number,
    read_row,
    read_rows,
)
from dashboard.study.cards import brief_cards, full_cards
from dashboard.study.evidence import error_curve_payload, label_evidence
from dashboard.study.open_study import OpenStudy
from dashboard.study.payloads import Cards, DecisionsVersion, SelectedCard, SelectionPage
from dashboard.study.pictures import Size
from dashboard.study.sample_content import readable_sample
from dashboard.study.selections import ordered_rows, selection_of


@of_study
def picture(opened: OpenStudy, request: Request) -> Response:
    """Return one picture."""
    row, size = request.path_params["row"], request.query_params.get("size", "thumb")
    is_known = is_number(row) and int(row) < len(opened.study)
    if not is_known or size not in get_args(Size) or opened.pictures.kind != "picture":
        raise HTTPException(404, "There is no such picture.")
    content, media_type = opened.pictures.picture(int(row), cast(Size, size))
    return Response(content, media_type=media_type, headers=IMMUTABLE)


@of_study
def cards(opened: OpenStudy, request: Request) -> Response:
    """Return everything about the samples that the query lists."""
    return json_response(Cards(cards=full_cards(opened, read_rows(opened, request.query_params.get("rows", "")))))


@of_study
def evidence(opened: OpenStudy, request: Request) -> Response:
    """Return the evidence on the label of one sample."""
    row = read_row(opened, request)
    opened.session.refresh()
    return json_response(label_evidence(opened, row))


@of_study
def error_probability(opened: OpenStudy, request: Request) -> Response:
    """Return how likely a label of each score is wrong; empty where that is not known of this queue's score."""
    opened.session.refresh()
    return json_response(error_curve_payload(opened))


@of_study
def version(opened: OpenStudy, request: Request) -> Response:
    """Return the version of the decisions, those that were made elsewhere included."""
    opened.session.refresh()
    return json_response(DecisionsVersion(version=opened.session.version))


@of_study
def selection(opened: OpenStudy, request: Request) -> Response:
    """Return one page of a selection, in its order."""
    kept = selection_of(opened, request.path_params["key"])
    if kept is None:
        raise HTTPException(404, "This selection is no longer kept. Select again.")
    ranked = ordered_rows(opened, kept)
    offset = read_number(request, "offset", 0, len(ranked))
    limit = read_number(request, "limit", MAX_ROWS, MAX_ROWS)
    listed: list[SelectedCard] = [
        {**card, **readable_sample(opened, card["row"], card["given"], card["suggested"], most_unusual=True)}
        for card in brief_cards(opened, ranked[offset : offset + limit])
    ]
    return json_response(SelectionPage(total=len(ranked), cards=listed))


ROUTES = [
    Route(f"{STUDY}/picture/{{row:str}}", picture),
    Route(f"{STUDY}/cards", cards),
    Route(f"{STUDY}/evidence/{{row:str}}", evidence),
    Route(f"{STUDY}/error_probability", error_probability),
    Route(f"{STUDY}/version", version),
    Route(f"{STUDY}/selection/{{key:str}}", selection),
]
