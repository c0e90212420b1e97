"""Invertible networks of a study, and samples carried across a boundary by them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dashboard.study.open_study import OpenStudy
from margin_core.storage.engine import Run
from margin_core.tasks.invertible import Surrogate, TrainedSurrogate, fit_surrogate, is_trained
from margin_core.values import Ints

if TYPE_CHECKING:
    from margin_core.tasks.invertible import CounterfactualPath

MAX_SURROGATES, MAX_COUNTERFACTUALS = 4, 32
MARGIN_QUANTILE = 0.98
"""Of the absolute margins so many lie within the colors of the map."""


def is_surrogate_trained(opened: OpenStudy, recipe: Surrogate) -> bool:
    """Return whether a network is in the workspace."""
    workspace = opened.audited.opened.workspace
    return workspace is not None and is_trained(opened.study, recipe, workspace)


def surrogate_of(opened: OpenStudy, recipe: Surrogate) -> TrainedSurrogate:
    """Load the invertible network of a study.

    Raises
    ------
    NotComputed
        It is not trained yet.
    MarginError
        It cannot be trained on this study; the message says why.
    """

    def load() -> TrainedSurrogate:
        return fit_surrogate(opened.study, recipe, Run(opened.audited.opened.engine))

    return opened.memory.recall("surrogate", recipe, load, capacity=MAX_SURROGATES)


def counterfactual_of(
    opened: OpenStudy, recipe: Surrogate, row: int, pair: tuple[int, int] | None
) -> CounterfactualPath:
    """Compute the path of a sample across a class boundary; errors as of `compute_counterfactual_path`."""

    def compute() -> CounterfactualPath:
        from margin_core.tasks.invertible import compute_counterfactual_path  # torch is slow to import

        return compute_counterfactual_path(opened.study, surrogate_of(opened, recipe), row, pair)

    return opened.memory.recall("counterfactual", (recipe, row, pair), compute, capacity=MAX_COUNTERFACTUALS)


def nearest_to_boundary(trained: TrainedSurrogate, most: int) -> Ints:
    """Select the samples nearest to a boundary, nearest first."""
    margins = np.abs(trained.margins)
    known = np.flatnonzero(np.isfinite(margins))
    few = known[np.argpartition(margins[known], min(most, len(known)) - 1)[:most]]
    nearest: Ints = few[np.argsort(margins[few], kind="stable")]
    return nearest


def first_sample(opened: OpenStudy, trained: TrainedSurrogate) -> int:
    """Select the most suspect sample with a margin: what parts it from its label is worth seeing."""
    ranked = opened.explanation.rows[np.isfinite(trained.margins[opened.explanation.rows])]
    return int(ranked[0]) if len(ranked) else int(nearest_to_boundary(trained, 1)[0])


def margin_range(trained: TrainedSurrogate) -> float:
    """Return the absolute margin at which the colors of the map end: few samples lie beyond."""
    margins = np.abs(trained.margins)
    known = margins[np.isfinite(margins)]
    return float(np.quantile(known, MARGIN_QUANTILE)) if len(known) else 1.0
