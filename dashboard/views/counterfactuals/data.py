"""Invertible networks of a study, and samples carried across a boundary by them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dashboard.study.open_study import OpenStudy
from margin_core.domain.hash_sample import hash_sample
from margin_core.storage.engine import Run
from margin_core.tasks.invertible import Surrogate, TrainedSurrogate, default_surrogate, fit_surrogate, is_trained
from margin_core.tasks.invertible.input_space import read_inputs
from margin_core.values import UNLABELED, Doubles, Ints, usable_rows

if TYPE_CHECKING:
    from margin_core.tasks.invertible import CounterfactualPath

MAX_SURROGATES, MAX_COUNTERFACTUALS = 4, 32
EXAMPLES_SHOWN, MAX_EXAMPLES, MAX_OTHER_CLASSES = 4, 5_000, 11
MARGIN_QUANTILE = 0.98
"""Of the absolute margins so many lie within the colors of the map."""


class NearestRows(NamedTuple):
    """Samples nearest to each point of a path, int arrays (frames, few): of the class it starts from, and the other."""

    start: Ints
    end: Ints


def default_recipe(opened: OpenStudy) -> Surrogate:
    """Return the recipe of the network that a study gets when nobody chooses another; a picture is looked at once."""
    return opened.memory.recall("surrogate_recipe", "", lambda: default_surrogate(opened.study))


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


def nearest_examples(opened: OpenStudy, trained: TrainedSurrogate, found: CounterfactualPath) -> NearestRows:
    """Find the samples of both classes that are nearest to each point of a path through the features.

    Notes
    -----
    At most `MAX_EXAMPLES` samples of a class are looked at, those of its labels.
    """
    frames, space = found.frames.astype(np.float32), trained.space
    usable = usable_rows(opened.study.embedding)
    usable[found.row] = False
    nearest = []
    for label in (found.start, found.end):
        rows = np.flatnonzero(usable & (opened.study.labels == label))
        rows = np.sort(rows[hash_sample(opened.study.ids[rows], MAX_EXAMPLES)])
        points = read_inputs(opened.study, space, "embedding", rows)
        distances = _distances(frames, points)
        nearest.append(rows[np.argsort(distances, axis=1, kind="stable")[:, :EXAMPLES_SHOWN]])
    return NearestRows(*nearest)


def nearest_of_other_classes(opened: OpenStudy, row: int) -> Ints:
    """Find the sample of each other class that is nearest to a sample by its features, nearest first."""
    study = opened.study
    usable = usable_rows(study.embedding) & (study.labels != UNLABELED)
    usable[row] = False
    rows = np.flatnonzero(usable & (study.labels != study.labels[row]))
    if not len(rows) or not usable_rows(study.embedding[[row]])[0]:
        return np.empty(0, dtype=np.int64)
    distances = _distances(study.embedding[[row]], study.embedding[rows])[0]
    order = np.argsort(distances, kind="stable")
    _, first = np.unique(study.labels[rows][order], return_index=True)
    nearest: Ints = rows[order[np.sort(first)]][:MAX_OTHER_CLASSES]
    return nearest


def nearest_to_boundary(trained: TrainedSurrogate, limit: int) -> Ints:
    """Select the samples nearest to a boundary, nearest first."""
    margins = np.abs(trained.margins)
    known = np.flatnonzero(np.isfinite(margins))
    few = known[np.argpartition(margins[known], min(limit, len(known)) - 1)[:limit]]
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


def _distances(points: NDArray[np.floating], others: NDArray[np.floating]) -> Doubles:
    from scipy.spatial.distance import cdist  # slow to import, and the routes of this page are loaded at the start

    return np.asarray(cdist(points, others, "sqeuclidean"))
