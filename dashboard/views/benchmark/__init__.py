"""How good the ranking is beside other methods, where the truth is known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dashboard.views.base import Section, View

if TYPE_CHECKING:
    from dashboard.study.open_study import OpenStudy


def has_truth(opened: OpenStudy) -> bool:
    """Return whether a study keeps its true labels beside it."""
    return opened.audited.opened.truth is not None


BENCHMARK = View(
    title="Benchmark",
    icon="insights",
    section=Section.LABELS,
    path="how-good",
    page=Path(__file__).with_name("view.py"),
    is_shown=has_truth,
)
