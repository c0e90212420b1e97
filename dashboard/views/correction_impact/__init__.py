"""What the corrections so far changed, measured on held-out samples."""

from __future__ import annotations

from pathlib import Path

from dashboard.study.parts import Part
from dashboard.views.base import Section, View
from dashboard.views.correction_impact import wording

CORRECTION_IMPACT = View(
    title=wording.TITLE,
    help=wording.HELP,
    icon="trending_up",
    section=Section.LABELS,
    path="impact",
    page=Path(__file__).with_name("view.py"),
    needs=frozenset({Part.LABELS, Part.EMBEDDING}),
)
