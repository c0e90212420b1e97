"""The queue of samples to label, and the labels that the browser posts."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.server.http import STUDY, json_response, of_study, posted, read_number, read_rows
from dashboard.shared.review.decisions import MAX_REVIEWER, queue_answer, record_decisions
from dashboard.shared.review.payloads import QueueAnswer
from dashboard.study import registry
from dashboard.study.cards import brief_cards
from dashboard.study.open_study import OpenStudy
from dashboard.views.active_sampling.batches import FIRST_SIZE, MAX_SIZE, upcoming
from margin_core.tasks.active_sampling.strategies import STRATEGIES

MAX_SKIPPED = 1000


@of_study
def queue(opened: OpenStudy, request: Request) -> Response:
    """Return the next samples to label."""
    opened.session.refresh()
    return json_response(_queue_state(opened, request))


def record(request: Request, body: bytes) -> Response:
    """Record labels, and return what comes next."""
    return record_decisions(request, body, _queue_state, registry.STUDIES.start_due_refit)


def _queue_state(opened: OpenStudy, request: Request) -> QueueAnswer:
    """Return how far the labeling is and what comes next, for the strategy and batch size in the address."""
    strategy = request.query_params.get("strategy", "") or next(iter(STRATEGIES))
    if strategy not in STRATEGIES:
        raise HTTPException(400, "There is no such strategy.")
    size = max(1, read_number(request, "size", FIRST_SIZE, MAX_SIZE))
    reviewer = request.query_params.get("reviewer", "")[:MAX_REVIEWER]
    # The study may have been opened anew, with the labels that it was given, since this request came in.
    opened = registry.STUDIES.study(opened.key) or opened
    found = upcoming(opened, strategy, size, reviewer)
    held = set(read_rows(opened, request.query_params.get("skip", ""), MAX_SKIPPED))
    rows = [int(row) for row in found.rows if int(row) not in held]
    answer = queue_answer(opened, request, rows, [False] * len(rows))
    answer["labeling"] = {
        "state": found.state,
        "left": found.left,
        "size": found.size,
        "batch": brief_cards(opened, found.batch),
        "next": found.next,
        "labeled": opened.session.n_labeled,
        "unlabeled": opened.session.n_unlabeled,
        "message": found.message,
    }
    return answer


decisions = posted(record, foreign="Labels are taken from the dashboard only.", too_large="Too many labels at once.")

ROUTES = [
    Route(f"{STUDY}/label-next/queue", queue),
    Route(f"{STUDY}/label-next/decisions", decisions, methods=["POST"]),
]
