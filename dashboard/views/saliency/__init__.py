"""Which parts of a sample made the model predict its class."""

from __future__ import annotations

from pathlib import Path

from dashboard.study.parts import Part
from dashboard.views.base import Section, View
from dashboard.views.saliency import wording

SALIENCY = View(
    title=wording.TITLE,
    help=wording.HELP,
    sample_action=wording.SAMPLE_ACTION,
    icon="visibility",
    section=Section.MODEL,
    path="saliency",
    page=Path(__file__).with_name("view.py"),
    needs=frozenset({Part.INPUTS, Part.MODEL}),
    routes=f"{__name__}.routes",
    map_colors=f"{__name__}.channel",
)
