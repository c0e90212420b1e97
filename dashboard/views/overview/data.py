"""The samples behind the counts of the overview."""

from __future__ import annotations

import numpy as np

from dashboard.study.open_study import OpenStudy
from margin_core.audit.overview import Confusion
from margin_core.values import UNLABELED, Ints


def rows_without_conflict(opened: OpenStudy) -> Ints:
    """Select the labeled samples that were not suspect before review."""
    found = opened.study.labels != UNLABELED
    found[opened.audited.overview.groups["suspects"]] = False
    return np.flatnonzero(found)


def rows_confused(opened: OpenStudy, pair: Confusion) -> Ints:
    """Select the samples behind a pair of classes: suspects before review, most suspect first."""
    suspects: Ints = opened.audited.overview.groups["suspects"]
    suggested = np.empty(len(opened.study), dtype=np.int64)
    suggested[opened.explanation.rows] = opened.explanation.findings.evidence["suggested"]
    is_pair = (opened.study.labels[suspects] == pair.given) & (suggested[suspects] == pair.suggested)
    confused: Ints = suspects[is_pair]
    return confused
