"""What was found in a study, at first glance."""

from __future__ import annotations

from pathlib import Path

from dashboard.views.base import Section, View
from dashboard.views.overview import wording

OVERVIEW = View(
    title=wording.TITLE,
    help=wording.HELP,
    icon="dashboard",
    section=Section.DATA,
    path="overview",
    page=Path(__file__).with_name("view.py"),
)
