"""From a study and its graph to the pool that a strategy selects from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from margin_core.graph import GivenGraph, GraphRecipe
from margin_core.interpretation.rounding import round_scores
from margin_core.probe.features import reduce_features
from margin_core.probe.graph_smoothing import smooth_features
from margin_core.tasks.active_sampling.signals import SIGNALS, SignalInputs
from margin_core.tasks.active_sampling.strategies import SamplingPool
from margin_core.values import UNLABELED, Doubles, Floats, Graph, Ints, Signal, Study, usable_rows

MIN_LENGTH = 1e-6
"""Of a vector that has a direction."""


def is_unlabeled(study: Study) -> NDArray[np.bool_]:
    """Return which samples have no label.

    Parameters
    ----------
    study : Study

    Returns
    -------
    bool array (n,)
        All of them where the study has no labels.
    """
    labels = study.maybe_labels
    return np.ones(len(study), dtype=bool) if labels is None else np.asarray(labels == UNLABELED)


@dataclass(frozen=True, eq=False, kw_only=True)
class SamplingPoints:
    """The features of samples, in the three forms that they are read in, in the order of the samples.

    Attributes
    ----------
    features : float32 array (n, d)
        Centered, of mean squared length 1, at most 128; 0 where there are none. Signals are computed from them.
    probe : float32 array (n, e)
        The same, on a given graph averaged over neighbors first. The linear probe is fitted on them.
    compared : float32 array (n, e)
        The same as those of the probe; on a given graph of length 1 each, since averages over many neighbors that
        differ are short. Strategies compare samples by their distances.
    """

    features: Floats
    probe: Floats
    compared: Floats

    @classmethod
    def of(cls, study: Study, recipe: GraphRecipe, graph: Graph, hops: int) -> SamplingPoints:
        """Compute the features of the samples of a study.

        Parameters
        ----------
        study : Study
            Has an embedding.
        recipe : Knn or GivenGraph
            What built the graph. Only a given one tells what features do not.
        graph : Graph
            Of its samples.
        hops : int
            How many times features are averaged over a given graph.

        Returns
        -------
        SamplingPoints
        """
        features = _reduce(study, study.embedding)
        if not (isinstance(recipe, GivenGraph) and hops):
            return cls(features=features, probe=features, compared=features)
        smooth = _reduce(study, smooth_features(_to_length_one(study.embedding), graph.weights, hops))
        return cls(features=features, probe=smooth, compared=_to_length_one(smooth))


def _to_length_one(vectors: Floats) -> Floats:
    with np.errstate(over="ignore", invalid="ignore"):
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Floats = (vectors / np.where(np.isfinite(lengths) & (lengths > MIN_LENGTH), lengths, 1)).astype(np.float32)
    return scaled


def _reduce(study: Study, features: Floats) -> Floats:
    order = np.argsort(study.ids, kind="stable")  # so that no sum depends on the order of the samples
    reduced, _ = reduce_features(features[order])
    points = np.empty_like(reduced)
    points[order] = reduced
    return points


def compute_signal(
    name: str, study: Study, graph: Graph, points: SamplingPoints, probabilities: Doubles | None
) -> Signal:
    """Compute a signal by its name.

    Parameters
    ----------
    name : str
        In `SIGNALS`.
    study : Study
        Has an embedding.
    graph : Graph
        Of its samples.
    points : SamplingPoints
        Of its samples.
    probabilities : float array (n, c) or None
        Predicted.

    Returns
    -------
    Signal
        Values (n,) or (n, s); 0 where a signal of predictions has none.
    """
    signal = SIGNALS[name]
    if signal.needs_predictions and probabilities is None:
        return Signal(values=np.zeros(len(study)), hypothesis=signal.hypothesis)
    embedding = np.where(usable_rows(study.embedding)[:, None], study.embedding, np.float32(0))
    given = SignalInputs(embedding=embedding, features=points.features, graph=graph, probabilities=probabilities)
    return Signal(values=signal.compute(given), hypothesis=signal.hypothesis)


def make_pool(
    study: Study,
    graph: Graph,
    points: SamplingPoints,
    influence: Doubles,
    probabilities: Doubles | None,
    *,
    seed: int,
    selectable: NDArray[np.bool_] | None = None,
    classes: Ints | None = None,
) -> SamplingPool:
    """Return the pool that strategies select from.

    Parameters
    ----------
    study : Study
        Has an embedding.
    graph : Graph
        Of its samples.
    points : SamplingPoints
        Of its samples.
    influence : float array (n,)
        Of the signal, in [0, 1].
    probabilities : float array (n, c) or None
        Predicted.
    seed : int
        Decides what is random.
    selectable : bool array (n,), optional
        Samples that may be selected at all; default all.
    classes : int array (n,), optional
        To balance over; default the likeliest.

    Returns
    -------
    SamplingPool
        In the order of the ids.
    """
    order: Ints = np.argsort(study.ids, kind="stable")
    unlabeled = is_unlabeled(study)[order]
    free = unlabeled if selectable is None else unlabeled & selectable[order]
    usable = usable_rows(study.embedding)[order]
    candidates = np.flatnonzero(free & usable)
    p = None if probabilities is None else probabilities[order]
    if classes is None and p is not None:
        balanced: Ints | None = round_scores(p).argmax(axis=1)
    else:
        balanced = None if classes is None else classes[order]
    return SamplingPool(
        ids=study.ids[order],
        features=points.features[order],
        points=points.compared[order],
        weights=graph.weights[order][:, order],
        influence=round_scores(influence[order]),
        candidates=candidates if len(candidates) else np.flatnonzero(free),
        labeled=np.flatnonzero(~unlabeled & usable),
        probabilities=p,
        classes=balanced,
        seed=seed,
    )
