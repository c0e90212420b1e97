"""How many labels are wrong, how sure that is, and when to stop."""

from __future__ import annotations

from pathlib import Path

from dashboard.study.parts import Part
from dashboard.views.base import Section, View
from dashboard.views.label_error_estimate import wording

LABEL_ERROR_ESTIMATE = View(
    title=wording.TITLE,
    help=wording.HELP,
    icon="verified",
    section=Section.LABELS,
    path="estimate",
    page=Path(__file__).with_name("view.py"),
    needs=frozenset({Part.LABELS}),
)
