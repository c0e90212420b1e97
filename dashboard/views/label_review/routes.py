"""The queue, the groups, and the decisions that the browser posts."""

from __future__ import annotations

import numpy as np
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.server.http import (
    MAX_ROWS,
    STUDY,
    is_number,
    json_response,
    of_study,
    posted,
    read_number,
    read_rows,
)
from dashboard.shared.review.decisions import queue_answer, record_decisions
from dashboard.shared.review.payloads import (
    QueueAnswer,
    SuspectGroup,
    SuspectGroups,
)
from dashboard.study import registry
from dashboard.study.open_study import OpenStudy
from dashboard.study.selections import selection_of

MAX_SKIPPED = 1000


@of_study
def queue(opened: OpenStudy, request: Request) -> Response:
    """Return the next samples to decide on."""
    limit = request.query_params.get("selection", "")
    if limit and selection_of(opened, limit) is None:
        raise HTTPException(410, "This selection is no longer kept. Select again, or review all suspects.")
    opened.session.refresh()
    return json_response(_review_state(opened, request))


@of_study
def groups(opened: OpenStudy, request: Request) -> Response:
    """List open suspects that share their given and suggested label."""
    listed = [
        SuspectGroup(given=group.given, suggested=group.suggested, count=group.count)
        for group in opened.session.confusions()
    ]
    return json_response(SuspectGroups(groups=listed))


def record(request: Request, body: bytes) -> Response:
    """Record decisions, and return what comes next."""
    return record_decisions(request, body, _review_state, registry.STUDIES.start_due_refit)


def _review_state(opened: OpenStudy, request: Request) -> QueueAnswer:
    """Return how far the review is and what comes next, for the filters in the address."""
    session = opened.session
    limit = request.query_params.get("selection", "")
    chosen = selection_of(opened, limit)
    skip = read_rows(opened, request.query_params.get("skip", ""), MAX_SKIPPED)
    pair = {
        name: int(request.query_params[name])
        for name in ("given", "suggested")
        if is_number(request.query_params.get(name, ""))
    }
    # A limit that is forgotten meanwhile leaves nothing to offer: never samples outside it.
    within = (chosen.rows if chosen else np.empty(0, np.int64)) if limit else None
    # Who selected samples wants to see all of them; the queue itself ends with the last suspect unless asked to go on.
    beyond = bool(limit) or request.query_params.get("beyond") == "1"
    count = read_number(request, "limit", 12, MAX_ROWS)
    if beyond or pair:
        rows = session.upcoming(count, within=within, skip=skip, beyond=beyond, **pair)
        sampled = np.zeros(len(rows), bool)
    else:
        rows, sampled = session.upcoming_with_checks(count, skip=skip, checks=request.query_params.get("checks") == "1")
    return queue_answer(opened, request, rows, sampled.tolist())


decisions = posted(
    record, foreign="Decisions are taken from the dashboard only.", too_large="Too many decisions at once."
)

ROUTES = [
    Route(f"{STUDY}/queue", queue),
    Route(f"{STUDY}/groups", groups),
    Route(f"{STUDY}/decisions", decisions, methods=["POST"]),
]
