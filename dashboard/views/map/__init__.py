"""The map of samples: color, filter, lasso, look."""

from __future__ import annotations

from pathlib import Path

from dashboard.views.base import Section, View

MAP = View(
    title="Map",
    icon="scatter_plot",
    section=Section.DATA,
    path="map",
    page=Path(__file__).with_name("view.py"),
    routes=f"{__name__}.routes",
    map_colors=f"{__name__}.channel",
)
