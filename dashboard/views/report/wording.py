"""What the page of the report says."""

from __future__ import annotations

from datetime import datetime

from margin_core.study.samples import counted

TITLE = "Report"
HELP = "The audit as one HTML file: it needs no network and no MARGIN, and can be printed or sent."
CONTENTS = "Contents"
TASKS = "Findings of"
FINDINGS = "Findings of each task"
FINDINGS_HELP = "The report shows at most this many per task, highest ranked first, and states the total number."
MAKE, MAKE_AGAIN = "Make report", "Make again"
OPEN, DOWNLOAD = "Open report", "Download"
NO_TASKS = "Choose at least one task."
NO_WORKSPACE = "There is no workspace in which the report could be stored."
LAST, PREVIEW = "Last report", "Preview of the report"

PARTS = (
    ("Data", "what was read and left out, classes, confused classes"),
    ("Label error estimate", "how many labels are wrong, with its interval, and P(label error)"),
    ("Findings", "of the chosen tasks, with pictures, texts or values, and the evidence"),
    ("Decisions", "how many, by whom, and all changes"),
    ("Provenance", "versions, fingerprints, parameters, source"),
)
"""Sections of the report, and what is in each."""


def since(decisions: int) -> str:
    """Return how much was decided after the last report."""
    return f"{counted(decisions, 'decision')} since" if decisions else "up to date with every decision"


def about(made_at: datetime, size: int, decisions_since: int) -> str:
    """Return what is known of the last report."""
    return f"Made {made_at:%Y-%m-%d %H:%M} UTC · {max(size / 1e6, 0.1):.1f} MB · {since(decisions_since)}"
