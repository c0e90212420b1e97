"""The importance of variables as the page shows it: of all classes or of one, with some variables left out."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from scipy.stats import rankdata

from dashboard.shared import state
from dashboard.study.open_study import OpenStudy
from margin_core.storage.engine import Run
from margin_core.study.inputs.texts import are_texts
from margin_core.tasks.variable_importance.class_effects import ClassEffects
from margin_core.tasks.variable_importance.importance import Importance, compute_importance
from margin_core.tasks.variable_importance.shuffle_curve import ShuffleCurves
from margin_core.tasks.variable_importance.task import VariableImportance
from margin_core.values import Doubles, Ints

TASK = VariableImportance()

LEFT_OUT = state.Remembered[tuple[str, ...]]("variables_left_out", ())
"""Variables whose effects are assumed to be zero."""

MAX_RELATED = 3
MIN_RELATED = 0.3
"""Absolute correlation from which another variable is named."""


def class_effects_of(opened: OpenStudy) -> ClassEffects:
    """Return the effects of all variables, from the network that the task's answer has left in the workspace."""
    engine = opened.audited.opened.engine
    return opened.memory.recall("class_effects", "", lambda: TASK.class_effects(opened.study, Run(engine)), capacity=1)


def importance_of(opened: OpenStudy, left_out: Sequence[str] = ()) -> Importance:
    """Return the importance of the variables, given that some have no effect."""

    def compute() -> Importance:
        found = class_effects_of(opened)
        if left_out:
            found = found.given_zero(np.flatnonzero(np.isin(found.variables.names, list(left_out))))
        return compute_importance(found, TASK.divergence)

    return opened.memory.recall("importance", tuple(sorted(left_out)), compute)


def curves_of(opened: OpenStudy) -> ShuffleCurves:
    """Return the shuffle curves of all measures, which the task's answer has left in the workspace."""
    engine = opened.audited.opened.engine
    return opened.memory.recall("shuffle_curves", "", lambda: TASK.importance(opened.study, Run(engine))[1], capacity=1)


def agreements(found: Importance, measure: str) -> dict[str, float]:
    """Return the rank correlation of a measure with each other one that is known, in [-1, 1]."""
    measures = found.measures()
    if measure not in measures or len(found.names) < 3:
        return {}
    ranks = rankdata(measures[measure])
    others = {name: rankdata(values) for name, values in measures.items() if name != measure}
    return {name: float(np.corrcoef(ranks, other)[0, 1]) for name, other in others.items() if np.ptp(other)}


def correlations_of(found: Importance, places: Ints) -> Doubles:
    """Return the absolute posterior correlations of the effects of some variables, (r, r)."""
    points = np.nan_to_num(found.points[places].astype(np.float64))
    table = np.sqrt(np.clip(points @ points.T, 0, 1))
    np.fill_diagonal(table, 1)
    return np.asarray(table)


def related_to(found: Importance, places: Ints) -> list[str]:
    """Return with which others the effect of each variable is correlated most, in words."""
    points = np.nan_to_num(found.points)
    squares = points[places] @ points.T
    squares[np.arange(len(places)), places] = 0
    lines = []
    for row in squares:
        best = np.argsort(-row, kind="stable")[:MAX_RELATED]
        lines.append(", ".join(str(found.names[other]) for other in best if row[other] >= MIN_RELATED**2))
    return lines


def samples_with_word(opened: OpenStudy, word: str) -> Ints:
    """Return the rows of the texts in which a word occurs."""
    if not are_texts(opened.study.inputs):
        return np.empty(0, dtype=np.int64)
    pattern = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)", re.IGNORECASE)
    texts = opened.study.inputs
    return np.array([row for row in range(len(opened.study)) if pattern.search(str(texts[row]))], dtype=np.int64)
