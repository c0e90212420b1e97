"""What the page shows: the tests, the novelty of new samples and of the reference, a line a class."""

from __future__ import annotations

from typing import Any

import numpy as np

from dashboard.study.open_study import OpenStudy
from dashboard.views.new_data import wording
from margin_core.storage.engine import Run
from margin_core.tasks import Drift
from margin_core.tasks.drift.drift_test import ClassShifts, DriftTest
from margin_core.tasks.drift.task import compute_novelty
from margin_core.values import Doubles, Explanation, Ints

TASK = Drift()

LINE_HEIGHT, WRAPPED_LINE, MAX_WRAPPED = 31, 18, 2
"""Pixels of a row of the table of classes, of one more line in it, and how many more there are at most."""

NAME_LETTERS = 12
"""Letters of a class name that stand on one line."""


def drift_test_of(opened: OpenStudy) -> DriftTest:
    """Return the tests; they are stored since the task was run."""
    run = Run(opened.audited.opened.engine)
    return opened.memory.recall("drift_test", opened.study.fingerprint, lambda: TASK.compute_test(opened.study, run))


def novelty_of(opened: OpenStudy, found: Explanation) -> tuple[Doubles, Doubles]:
    """Return the novelty of the new samples, (n,), and that of the reference, (r,); NaN without features."""

    def compute() -> Doubles:
        distances = TASK.measure_distances(opened.study, found.domain, Run(opened.audited.opened.engine))
        return compute_novelty(found.steps, distances)

    novelty = opened.memory.recall("novelty", found.fingerprint, compute)
    n = len(opened.study)
    return novelty[:n], novelty[n:]


def ranked_rows(found: Explanation) -> Ints:
    """Return the rows that could be ranked, the most novel first."""
    rows: Ints = found.rows[found.findings.roles != "unscored"]
    return rows


def class_lines(classes: ClassShifts, level: float) -> list[dict[str, Any]]:
    """Return a line for each class: new ones, then by corrected p, then by size; last those that are gone."""
    is_new, is_gone = classes.n_reference == 0, classes.n_new == 0
    corrected = np.where(is_new, -1.0, np.nan_to_num(classes.corrected, nan=2.0))
    order = np.lexsort((-classes.n_new, corrected, is_gone))
    drifted = classes.drifted(level)
    return [
        {
            wording.NAME: str(classes.names[place]),
            wording.VERDICT: _verdict(classes, place, bool(drifted[place])),
            wording.P: _number(classes.corrected[place]),
            wording.N_NEW: int(classes.n_new[place]),
            wording.N_OLD: int(classes.n_reference[place]),
            wording.SHARE: wording.shares(float(classes.shares_reference[place]), float(classes.shares_new[place])),
            wording.MMD: _number(classes.mmd[place]),
        }
        for place in order.tolist()
        if classes.n_new[place] or classes.n_reference[place]
    ]


def row_height(lines: list[dict[str, Any]]) -> int:
    """Return the height in pixels of a row of the table of classes, in which the longest name has its lines."""
    longest = max((len(line[wording.NAME]) for line in lines), default=0)
    return LINE_HEIGHT + WRAPPED_LINE * min(max(longest - 1, 0) // NAME_LETTERS, MAX_WRAPPED)


def _number(value: float) -> str:
    return wording.NO_NUMBER if np.isnan(value) else f"{value:.3f}"


def _verdict(classes: ClassShifts, place: int, drifted: bool) -> str:
    if not classes.n_reference[place]:
        return wording.NEW_CLASS
    if not classes.n_new[place]:
        return wording.GONE
    if np.isnan(classes.corrected[place]):
        return wording.NOT_TESTED
    return wording.DRIFTED if drifted else wording.NOT_DRIFTED
