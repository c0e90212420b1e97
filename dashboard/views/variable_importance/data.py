"""The importance of variables as the page shows it: of all classes or of one, with some variables left out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from dashboard.shared import state
from dashboard.study.open_study import OpenStudy
from dashboard.views.variable_importance import wording
from margin_core.storage.engine import Run
from margin_core.study.inputs.texts import are_texts
from margin_core.tasks.variable_importance.class_effects import ClassEffects
from margin_core.tasks.variable_importance.groups import group_name, patch_groups
from margin_core.tasks.variable_importance.importance import Importance, compute_importance
from margin_core.tasks.variable_importance.shuffle_curve import ShuffleCurves
from margin_core.tasks.variable_importance.task import VariableImportance
from margin_core.tasks.variable_importance.variables import Variables
from margin_core.values import Doubles, Ints

TASK = VariableImportance()

LEFT_OUT = state.Remembered[tuple[str, ...]]("variables_left_out", ())
"""Variables whose effects are assumed to be zero."""

GROUPS = state.Remembered[tuple[tuple[str, ...], ...]]("variable_groups", ())
"""Variables that count as one, by hand."""

PATCH = state.Remembered[int]("variable_patch", 1)
"""Side of the squares of pixels that are one variable each."""

MAX_RELATED = 3
MIN_RELATED = 0.3
"""Absolute correlation from which another variable is named."""


@dataclass(frozen=True)
class Grouping:
    """Which variables count as one.

    Attributes
    ----------
    groups : tuple of tuple of str
        Names of those that were put together by hand.
    patch : int
        Of pixels: the side of the squares that are one each.
    """

    groups: tuple[tuple[str, ...], ...] = ()
    patch: int = 1

    def members(self, name: str) -> tuple[str, ...]:
        """Return the names of the variables that are one by this name."""
        return next((group for group in self.groups if group_name(group) == name), (name,))


ALONE = Grouping()


def chosen_grouping(variables: Variables) -> Grouping:
    """Return which variables count as one, as far as there are such variables."""
    if variables.kind == "pixels":
        return Grouping(patch=PATCH.get())
    return Grouping(tuple(group for group in GROUPS.get() if set(group) <= set(variables.names)))


def class_effects_of(opened: OpenStudy, grouping: Grouping = ALONE) -> ClassEffects:
    """Return the effects of all variables, from the network that the task's answer has left in the workspace."""
    engine = opened.audited.opened.engine
    found = opened.memory.recall("class_effects", "", lambda: TASK.class_effects(opened.study, Run(engine)), capacity=1)
    if grouping == ALONE:
        return found
    return opened.memory.recall("grouped_effects", grouping, lambda: _grouped(found, grouping), capacity=2)


def _grouped(found: ClassEffects, grouping: Grouping) -> ClassEffects:
    if grouping.patch > 1:
        patches = patch_groups(found.variables, grouping.patch)
        names = [wording.square(found.variables.names[patch[0]], grouping.patch) for patch in patches]
        return found.grouped(patches, names)
    place = {name: number for number, name in enumerate(found.variables.names)}
    return found.grouped([np.array([place[name] for name in group]) for group in grouping.groups])


def importance_of(opened: OpenStudy, left_out: Sequence[str] = (), grouping: Grouping = ALONE) -> Importance:
    """Return the importance of the variables, given that some have no effect."""

    def compute() -> Importance:
        found = class_effects_of(opened, grouping)
        if left_out:
            found = found.given_zero(np.flatnonzero(np.isin(found.variables.names, list(left_out))))
        return compute_importance(found, TASK.divergence)

    return opened.memory.recall("importance", (tuple(sorted(left_out)), grouping), compute)


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


def samples_with_word(opened: OpenStudy, *words: str) -> Ints:
    """Return the rows of the texts in which one of some words occurs."""
    if not are_texts(opened.study.inputs):
        return np.empty(0, dtype=np.int64)
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)", re.IGNORECASE)
    texts = opened.study.inputs
    return np.array([row for row in range(len(opened.study)) if pattern.search(str(texts[row]))], dtype=np.int64)
