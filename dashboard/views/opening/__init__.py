"""A study on its way: shown in place of every other view until it can be reviewed."""

from __future__ import annotations

from pathlib import Path

from dashboard.views.base import Section, View
from dashboard.views.opening import wording

OPENING = View(
    title=wording.TITLE,
    icon="hourglass_empty",
    section=Section.NONE,
    path="opening",
    page=Path(__file__).with_name("view.py"),
    needs_study=False,
)
