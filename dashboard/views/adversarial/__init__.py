"""Clean and attacked samples side by side: what tells them apart, and how well."""

from __future__ import annotations

from pathlib import Path

from dashboard.views.adversarial import wording
from dashboard.views.base import Section, View

ADVERSARIAL = View(
    title=wording.TITLE,
    help=wording.HELP,
    icon="bug_report",
    section=Section.MODEL,
    path="adversarial",
    page=Path(__file__).with_name("view.py"),
    routes=f"{__name__}.routes",
)
