"""The queue, the groups, and the decisions that the browser posts."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import numpy as np
from starlette.background import BackgroundTask
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
    whole_number,
)
from dashboard.shared import state
from dashboard.study import registry
from dashboard.study.cards import full_cards, recent_decisions
from dashboard.study.error_bound import is_bound_informative
from dashboard.study.open_study import OpenStudy
from dashboard.study.selections import selection_of
from dashboard.views.label_review.payloads import (
    DecisionsAnswer,
    QueueAnswer,
    QueueProgress,
    SuspectGroup,
    SuspectGroups,
)
from margin_core.errors import MarginError
from margin_core.review import Choice, Verdict

MAX_SKIPPED = 1000
MAX_DECISIONS = 500
MAX_NOTE, MAX_REVIEWER = 2000, 200
"""Of 1,000 labels so many may be wrong when somebody stops, unless the address says otherwise."""


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
    """Record decisions; the same (client, seq) twice is recorded once."""
    opened = registry.STUDIES.study(request.path_params["study"])
    if opened is None:
        raise HTTPException(503, "This study is not open yet. The decisions stay in the browser until it is.")
    try:
        message = json.loads(body)
        client = str(message["client"])
        reviewer = str(message["reviewer"])[:MAX_REVIEWER] if message.get("reviewer") else None
        choices = [_read_choice(entry, reviewer) for entry in message["decisions"][:MAX_DECISIONS]]
    except (AttributeError, LookupError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise HTTPException(400, f"These decisions cannot be read ({error}).") from error
    try:
        outcome = opened.session.decide(choices, client=client)
    except MarginError as error:
        raise HTTPException(503, str(error)) from error
    answer: DecisionsAnswer = {
        "recorded": list(outcome.recorded),
        "refused": [{"seq": refusal.seq, "reason": refusal.reason} for refusal in outcome.refused],
        "conflicts": len(outcome.conflicts),
        **_review_state(opened, request),
    }
    response = json_response(answer)
    response.background = BackgroundTask(registry.STUDIES.start_due_refit, opened.key)
    return response


def _read_choice(entry: dict[str, Any], reviewer: str | None) -> Choice:
    label, score = entry.get("label"), entry.get("score")
    # Decisions that wait in browsers since release 0.1.0 say `based_on` and `drawn`.
    based_on, sampled = entry.get("basedOn", entry.get("based_on")), entry.get("sampled", entry.get("drawn"))
    return Choice(
        seq=whole_number(entry["seq"]),
        row=whole_number(entry["row"]),
        verdict=Verdict(entry["verdict"]),
        label=None if label is None else whole_number(label),
        note=str(entry.get("note") or "")[:MAX_NOTE],
        score=None if score is None else float(score),
        at=datetime.fromisoformat(entry["at"]) if entry.get("at") else None,
        reviewer=reviewer,
        based_on=None if based_on is None else whole_number(based_on),
        sampled=sampled is True,
    )


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
    return {
        "version": session.version,
        "progress": _progress(opened, read_number(request, "goal", state.FIRST_GOAL, 1000)),
        "history": recent_decisions(opened),
        "refit": {
            "refits": session.n_refits,
            "corrections": opened.refit_corrections,
            "error": registry.STUDIES.refit_error(opened.key),
        },
        # The browser sends it back with the decision, as `sampled`; it shows nobody.
        "cards": [
            {**card, "sampled": one} for card, one in zip(full_cards(opened, rows), sampled.tolist(), strict=True)
        ],
    }


def _progress(opened: OpenStudy, goal: int) -> QueueProgress:
    """Return how far the review is, and how many labels are still wrong at most; of 1,000 so many may be."""
    labeled = opened.audited.overview.labeled
    allowed = labeled * goal // 1000
    left, counts = opened.session.remaining(), opened.session.progress()
    return {
        "total": counts.total,
        "open": counts.open,
        "decided": counts.decided,
        "kept": counts.kept,
        "relabeled": counts.relabeled,
        "skipped": counts.skipped,
        "excluded": counts.excluded,
        "remaining": {
            "found": left.found,
            "lower": left.lower,
            "upper": left.upper,
            "sampled": left.n_sampled,
            "informative": is_bound_informative(opened),
            "labeled": labeled,
            "goal": allowed,
            "checks": opened.session.checks_needed(allowed),
        },
    }


decisions = posted(
    record, foreign="Decisions are taken from the dashboard only.", too_large="Too many decisions at once."
)

ROUTES = [
    Route(f"{STUDY}/queue", queue),
    Route(f"{STUDY}/groups", groups),
    Route(f"{STUDY}/decisions", decisions, methods=["POST"]),
]
