"""New samples against a reference: whether they differ, which classes drifted, and what is new."""

from __future__ import annotations

from pathlib import Path

from dashboard.study.parts import Part
from dashboard.views.base import Section, View
from dashboard.views.new_data import wording

NEW_DATA = View(
    title=wording.TITLE,
    help=wording.HELP,
    icon="difference",
    section=Section.DATA,
    path="new-data",
    page=Path(__file__).with_name("view.py"),
    needs=frozenset({Part.EMBEDDING, Part.REFERENCE}),
    routes=f"{__name__}.routes",
    map_colors=f"{__name__}.channel",
)
