"""Which variables the predictions of a classifier depend on, over all samples."""

from __future__ import annotations

from pathlib import Path

from dashboard.study.parts import Part
from dashboard.views.base import Section, View
from dashboard.views.variable_importance import wording

VARIABLE_IMPORTANCE = View(
    title=wording.TITLE,
    help=wording.HELP,
    icon="bar_chart",
    section=Section.DATA,
    path="variables",
    page=Path(__file__).with_name("view.py"),
    needs=frozenset({Part.LABELS}),
)
