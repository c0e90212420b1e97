"""Decide on suspect labels, one after another or in groups."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dashboard.study.parts import Part
from dashboard.views.base import Section, View
from dashboard.views.label_review import wording

if TYPE_CHECKING:
    from dashboard.study.open_study import OpenStudy


def open_suspects(opened: OpenStudy) -> int:
    """Count the suspects that nobody has decided on."""
    return opened.session.progress().open


LABEL_REVIEW = View(
    title=wording.TITLE,
    icon="rule",
    section=Section.LABELS,
    path="review",
    page=Path(__file__).with_name("view.py"),
    needs=frozenset({Part.LABELS}),
    routes=f"{__name__}.routes",
    map_colors=f"{__name__}.channel",
    count=open_suspects,
    follows_decisions=True,
)
