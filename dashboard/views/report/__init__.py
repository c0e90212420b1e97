"""The audit as one file, to be read, printed or sent."""

from __future__ import annotations

from pathlib import Path

from dashboard.views.base import Section, View
from dashboard.views.report import wording

REPORT = View(
    title=wording.TITLE,
    help=wording.HELP,
    icon="description",
    section=Section.EXPORT,
    path="report",
    page=Path(__file__).with_name("view.py"),
    routes=f"{__name__}.routes",
)
