"""Decisions of tests, made without a browser."""

from __future__ import annotations

from itertools import count
from typing import Any

from margin_core.review import Choice, Verdict

_seqs = count(1)


def decide(opened: Any, row: int, verdict: str, label: int | None = None, **more: Any) -> None:
    """Decide on a sample of an open study; each call has a number of its own."""
    choice = Choice(seq=next(_seqs), row=row, verdict=Verdict(verdict), label=label, **more)
    assert not opened.session.decide([choice], client="t").refused


HEADERS = {"X-Margin": "1", "Content-Type": "application/json"}
"""What only the dashboard's own pages can send."""


def decision(seq: int, row: int, verdict: str = "keep", label: int | None = None, **more: Any) -> dict[str, Any]:
    """Return a decision as the browser posts it."""
    at = "2026-11-22T01:02:03.456Z"
    return {"seq": seq, "row": row, "verdict": verdict, "label": label, "note": "", "score": 0.5, "at": at, **more}


def refused(answer: Any, status: int) -> str:
    """Check that an answer of a route refuses in words, and return them."""
    assert answer.status_code == status
    text: str = answer.text
    assert "Traceback" not in text and 0 < len(text) < 600
    return text
