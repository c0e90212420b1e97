"""The samples between two classes of the model, and a slice of its decision surface."""

from __future__ import annotations

from pathlib import Path

from dashboard.study.parts import Part
from dashboard.views.base import Section, View
from dashboard.views.decision_boundary import wording

DECISION_BOUNDARY = View(
    title=wording.TITLE,
    help=wording.HELP,
    icon="call_split",
    section=Section.MODEL,
    path="boundary",
    page=Path(__file__).with_name("view.py"),
    needs=frozenset({Part.EMBEDDING, Part.PREDICTIONS}),
    routes=f"{__name__}.routes",
    map_colors=f"{__name__}.channel",
)
