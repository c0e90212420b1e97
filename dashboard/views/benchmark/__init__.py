"""How good the ranking is beside other methods, where the truth is known."""

from __future__ import annotations

from pathlib import Path

from dashboard.study.parts import Part
from dashboard.views.base import Section, View
from dashboard.views.benchmark import wording

BENCHMARK = View(
    title=wording.TITLE,
    help=wording.HELP,
    icon="insights",
    section=Section.LABELS,
    path="benchmark",
    page=Path(__file__).with_name("view.py"),
    needs=frozenset({Part.LABELS, Part.TRUTH}),
)
