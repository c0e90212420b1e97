"""What the queues of a review share on the server: decisions that are posted, and how far a review is."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from dashboard.server.http import json_response, read_number, whole_number
from dashboard.shared import state
from dashboard.shared.review.payloads import DecisionsAnswer, QueueAnswer, QueueProgress
from dashboard.study import registry
from dashboard.study.cards import full_cards, recent_decisions
from dashboard.study.error_bound import is_bound_informative
from dashboard.study.open_study import OpenStudy
from margin_core.errors import MarginError
from margin_core.review import Choice, Verdict
from margin_core.review.decision import LABELING
from margin_core.values import Ints

MAX_DECISIONS = 500
MAX_NOTE, MAX_REVIEWER = 2000, 200

Respond = Callable[[OpenStudy, Request], QueueAnswer]


def record_decisions(request: Request, body: bytes, respond: Respond, then: Callable[[str], None]) -> Response:
    """Record decisions; the same (client, seq) twice is recorded once.

    Parameters
    ----------
    respond : callable
        Returns how the queue stands afterwards.
    then : callable
        Called with the key of the study once the answer is on its way.
    """
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
        **respond(opened, request),
    }
    response = json_response(answer)
    response.background = BackgroundTask(then, opened.key)
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
        task=LABELING if entry.get("task") == LABELING else None,
    )


def queue_answer(
    opened: OpenStudy, request: Request, rows: Ints | Sequence[int], sampled: Sequence[bool]
) -> QueueAnswer:
    """Return how far the review is, and the cards of what comes next.

    Parameters
    ----------
    rows : int array (r,)
    sampled : sequence of bool, length r
        Which of them are random checks.
    """
    return {
        "version": opened.session.version,
        "progress": review_progress(opened, read_number(request, "goal", state.FIRST_GOAL, 1000)),
        "history": recent_decisions(opened),
        "refit": {
            "refits": opened.session.n_refits,
            "corrections": opened.refit_corrections,
            "error": registry.STUDIES.refit_error(opened.key),
        },
        # The browser sends it back with the decision, as `sampled`; it shows nobody.
        "cards": [{**card, "sampled": one} for card, one in zip(full_cards(opened, rows), sampled, strict=True)],
    }


def review_progress(opened: OpenStudy, goal: int) -> QueueProgress:
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
        "given": opened.n_labels_given,
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
