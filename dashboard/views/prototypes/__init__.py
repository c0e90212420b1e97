"""Which samples represent their class, and which none of these represents."""

from __future__ import annotations

from pathlib import Path

from dashboard.study.parts import Part
from dashboard.views.base import Section, View
from dashboard.views.prototypes import wording

PROTOTYPES = View(
    title=wording.TITLE,
    help=wording.HELP,
    icon="star_half",
    section=Section.DATA,
    path="prototypes",
    page=Path(__file__).with_name("view.py"),
    needs=frozenset({Part.EMBEDDING}),
    routes=f"{__name__}.routes",
    map_colors=f"{__name__}.channel",
)
