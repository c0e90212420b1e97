"""Leave with the corrected data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dashboard.views.base import Section, View
from dashboard.views.export import wording

if TYPE_CHECKING:
    from dashboard.study.open_study import OpenStudy


def changes(opened: OpenStudy) -> int:
    """Count the samples that an export changes."""
    progress = opened.session.progress()
    return opened.n_labels_given + progress.relabeled + progress.excluded


EXPORT = View(
    title=wording.TITLE,
    help=wording.HELP,
    icon="download",
    section=Section.EXPORT,
    path="export",
    page=Path(__file__).with_name("view.py"),
    routes=f"{__name__}.routes",
    count=changes,
)
