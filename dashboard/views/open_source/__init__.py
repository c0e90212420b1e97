"""Open another data set."""

from __future__ import annotations

from pathlib import Path

from dashboard.views.base import Section, View
from dashboard.views.open_source import wording

OPEN = View(
    title=wording.TITLE,
    help=wording.HELP,
    icon="folder_open",
    section=Section.NONE,
    path="open",
    page=Path(__file__).with_name("view.py"),
    needs_study=False,
)
