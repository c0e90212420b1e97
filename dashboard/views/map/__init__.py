"""The map of samples: color, filter, lasso, look."""

from __future__ import annotations

from pathlib import Path

from dashboard.study.parts import Part
from dashboard.views.base import Section, View
from dashboard.views.map import wording

MAP = View(
    title=wording.TITLE,
    help=wording.HELP,
    sample_action=wording.SAMPLE_ACTION,
    icon="scatter_plot",
    section=Section.DATA,
    path="map",
    page=Path(__file__).with_name("view.py"),
    needs=frozenset({Part.EMBEDDING}),
    routes=f"{__name__}.routes",
    map_colors=f"{__name__}.channel",
)
