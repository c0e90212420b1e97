"""Decide on suspect labels, one after another or in groups."""

from __future__ import annotations

from pathlib import Path

from dashboard.views.base import Section, View

LABEL_REVIEW = View(
    title="Label review",
    icon="rule",
    section=Section.LABELS,
    path="review",
    page=Path(__file__).with_name("view.py"),
    routes=f"{__name__}.routes",
    map_colors=f"{__name__}.channel",
    shows_progress=True,
)
