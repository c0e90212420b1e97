"""Choose which samples to label next, and label them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dashboard.study.parts import Part
from dashboard.views.active_sampling import wording
from dashboard.views.base import Section, View

if TYPE_CHECKING:
    from dashboard.study.open_study import OpenStudy


def count_unlabeled(opened: OpenStudy) -> int:
    """Count the samples without a label that nobody has decided on."""
    return opened.session.n_unlabeled


ACTIVE_SAMPLING = View(
    title=wording.TITLE,
    help=wording.HELP,
    icon="new_label",
    section=Section.LABELS,
    path="label-next",
    page=Path(__file__).with_name("view.py"),
    needs=frozenset({Part.EMBEDDING}),
    routes=f"{__name__}.routes",
    map_colors=f"{__name__}.channel",
    count=count_unlabeled,
    follows_decisions=True,
)
