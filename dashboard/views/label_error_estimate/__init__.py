"""How many labels are wrong, how sure that is, and when to stop."""

from __future__ import annotations

from pathlib import Path

from dashboard.study.parts import Part
from dashboard.views.base import Section, View

LABEL_ERROR_ESTIMATE = View(
    title="Label error estimate",
    icon="verified",
    section=Section.LABELS,
    path="estimate",
    page=Path(__file__).with_name("view.py"),
    needs=frozenset({Part.LABELS}),
)
