"""A sample carried across a class boundary by an invertible network."""

from __future__ import annotations

from pathlib import Path

from dashboard.study.parts import Part
from dashboard.views.base import Section, View
from dashboard.views.counterfactuals import wording

COUNTERFACTUALS = View(
    title=wording.TITLE,
    help=wording.HELP,
    sample_action=wording.SAMPLE_ACTION,
    icon="route",
    section=Section.MODEL,
    path="counterfactuals",
    page=Path(__file__).with_name("view.py"),
    routes=f"{__name__}.routes",
    needs=frozenset({Part.PREDICTIONS}),
    map_colors=f"{__name__}.channel",
)
