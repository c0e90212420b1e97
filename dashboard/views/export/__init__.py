"""Leave with the corrected data."""

from __future__ import annotations

from pathlib import Path

from dashboard.views.base import Section, View

EXPORT = View(
    title="Export",
    icon="download",
    section=Section.EXPORT,
    path="export",
    page=Path(__file__).with_name("view.py"),
    routes=f"{__name__}.routes",
)
