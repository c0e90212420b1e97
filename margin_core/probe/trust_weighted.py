"""The trust-weighted probe: fitted twice, the second time with every label weighted by the evidence for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from margin_core.domain import every_sample
from margin_core.graph import GivenGraph, GraphRecipe, Knn, build_graph
from margin_core.interpretation.votes import compute_agreement
from margin_core.probe.features import reduce_features
from margin_core.probe.graph_smoothing import STEPS, smooth_features
from margin_core.probe.linear_probe import LinearProbe, fit_probe
from margin_core.storage.engine import Run
from margin_core.storage.fingerprint import fingerprint
from margin_core.values import UNLABELED, Domain, Doubles, Floats, Graph, Ints, Study, TopClasses
from margin_core.values.top_classes import MAX_COMPLETE

VERSION = 6
"""Raised whenever the same study would give other fitted probabilities."""

GIVEN_GRAPH_VERSION = 1
"""Raised whenever the same study with the same given graph would give others."""

NEIGHBORS = Knn(k=20)
"""The graph whose neighbors vote on how far a label is trusted, where a caller has none of its own."""

FOLDS = 3

STEP = "head"
"""The engine's name for the fit; workspaces hold fits under it."""

MIN_TRUST = 1e-3
"""No label is written off entirely, so that a class whose labels are all doubted is still learned."""

VERIFIED_WEIGHT = 3.0
"""Weight of a label that a reviewer has confirmed or corrected; others have at most 1. What was reviewed was hard to
tell."""

MIN_PROBABILITY = 1e-3
"""Added to the probability of every class where a probe is one opinion among several, so that it rules none out."""


@dataclass(frozen=True, eq=False)
class TrustWeightedProbe:
    """Out-of-sample class probabilities of both fits.

    Parameters
    ----------
    first : TopClasses or None
        Every label weighs the same; the classes of a sample sum to 1. None where a fit was stored without it.
    probabilities : TopClasses
        Every label weighted by its trust; the classes of a sample sum to 1.
    """

    first: TopClasses | None
    probabilities: TopClasses


def fit_trust_weighted_probe(
    study: Study,
    domain: Domain,
    graph: Graph,
    neighbors: GraphRecipe = NEIGHBORS,
    *,
    folds: int = FOLDS,
    verified: NDArray[np.bool_] | None = None,
    run: Run | None = None,
) -> TrustWeightedProbe:
    r"""Fit the probe on the labels as given, and again with each sample weighted by how far its label is trusted.

    .. math:: t_i = \tfrac{1}{2} \Big(\sum_j P_{ij} [y_j = y_i] + p_1(y_i)\Big)

    the mean of the weighted share of neighbors that agree and the first fit's out-of-sample probability of the label;
    of more than `margin_core.values.top_classes.MAX_COMPLETE` classes, divided by its mean over the samples of the
    class: a class of a few samples has no neighborhood, and would be written off as a whole (docs/decisions/0028).

    On a given graph, features are averaged over the neighbors first (`margin_core.probe.graph_smoothing`), unless the
    first fit predicts the labels better from features as they are: edges may join what differs.

    Parameters
    ----------
    study : Study
        With labels and an embedding.
    domain : Domain
        Its samples as nodes. Where it has splits, only split 0 is fitted on.
    graph : Graph
        Of that domain.
    neighbors : Knn or GivenGraph
        What built the graph; part of the identity of the fit.
    folds : int
        Folds of the cross-validation, at least 2.
    verified : bool array (n,), optional
        Samples whose label a reviewer has confirmed or corrected: they weigh `VERIFIED_WEIGHT`; default none.
    run : Run, optional
        The fit is a step of its engine, so a second call costs little.

    Returns
    -------
    TrustWeightedProbe

    Notes
    -----
    O(folds iterations n d c), twice.
    """
    labels, n_classes = select_training_labels(study.labels, domain), len(study.class_names)

    def fit_first(run: Run) -> tuple[partial[LinearProbe], LinearProbe]:
        fits = [
            partial(fit_probe, *reduce_features(features), labels, n_classes, ids=study.ids, folds=folds,
                    groups=domain.groups)
            for features in _candidate_features(study.embedding, graph, neighbors)
        ]  # fmt: skip
        firsts = [fit(run=run.part(place / len(fits), (place + 1) / len(fits))) for place, fit in enumerate(fits)]
        best = int(np.argmax([_likelihood(first, labels) for first in firsts])) if len(fits) > 1 else 0
        return fits[best], firsts[best]

    def fit(run: Run) -> dict[str, np.ndarray]:
        fit_again, first = fit_first(run.part(0.0, 0.5))
        own = first.probabilities.at_one(labels)
        trust = (compute_agreement(graph, labels) + own) / 2 + MIN_TRUST
        if n_classes > MAX_COMPLETE:
            trust /= _mean_of_class(trust, labels)
        if verified is not None:
            trust[verified] = VERIFIED_WEIGHT
        second = fit_again(sample_weight=trust, start=first, run=run.part(0.5, 1.0))
        return {**second.probabilities.to_arrays("probabilities"), **first.probabilities.to_arrays("first")}

    run = run or Run()
    key = probe_key(study, domain, neighbors, folds)
    fitted = run.step(STEP, key if verified is None else fingerprint(key, verified), lambda: fit(run))
    return TrustWeightedProbe(
        first=TopClasses.from_arrays(fitted, "first", n_classes) if "first" in fitted else None,
        probabilities=TopClasses.from_arrays(fitted, "probabilities", n_classes),
    )


def compute_out_of_sample_probabilities(
    study: Study, run: Run | None = None, neighbors: GraphRecipe = NEIGHBORS
) -> Doubles:
    """Compute class probabilities of every sample from the probe.

    With an engine that remembers, the label audit (`margin_core.tasks.LabelFlips`) and this share one fit.

    Parameters
    ----------
    study : Study
        With labels and an embedding.
    run : Run, optional
    neighbors : Knn or GivenGraph
        Whose votes say how far a label is trusted. On a given graph, splits are taken as one (docs/decisions/0035).

    Returns
    -------
    float array (n, c)
        In (0, 1), `MIN_PROBABILITY` added to every class; rows sum to 1.

    Notes
    -----
    The graph and two fits of the probe, unless the run's engine remembers them.
    """
    domain = every_sample(study, splits=not isinstance(neighbors, GivenGraph))
    graph = build_graph(neighbors, domain, run)
    fitted = fit_trust_weighted_probe(study, domain, graph, neighbors, run=run).probabilities
    floored = fitted.dense().astype(np.float64) + MIN_PROBABILITY
    floored /= floored.sum(axis=1, keepdims=True)
    return floored


def probe_key(study: Study, domain: Domain, neighbors: GraphRecipe = NEIGHBORS, folds: int = FOLDS) -> str:
    """Return the fingerprint of everything that the fit depends on.

    Parameters
    ----------
    study : Study
    domain : Domain
    neighbors : Knn or GivenGraph
    folds : int

    Returns
    -------
    str
        For the engine, which remembers the fit by it.
    """
    ids, n_classes = study.parts["ids"], len(study.class_names)
    key = fingerprint(VERSION, folds, neighbors, domain.fingerprint, ids, study.labels, n_classes)
    return fingerprint(key, GIVEN_GRAPH_VERSION, STEPS) if isinstance(neighbors, GivenGraph) else key


def select_training_labels(labels: Ints, domain: Domain) -> Ints:
    """Return the labels that may be fitted on: all, or those of split 0.

    Parameters
    ----------
    labels : int array (n,)
        Class of each sample; `UNLABELED` where it has none.
    domain : Domain

    Returns
    -------
    int array (n,)
        `UNLABELED` in every other split.
    """
    return labels if domain.splits is None else np.where(domain.splits == 0, labels, UNLABELED)


def _candidate_features(features: Floats, graph: Graph, neighbors: GraphRecipe) -> Iterator[Floats]:
    """Yield what the probe may be fitted on: on a given graph, features averaged over it, then features as they are."""
    if isinstance(neighbors, GivenGraph):
        yield smooth_features(features, graph.weights)
    yield features


def _likelihood(probe: LinearProbe, labels: Ints) -> float:
    """Return the mean log probability of the labels that are there, by fits without them."""
    own = probe.probabilities.at_one(labels)[labels != UNLABELED]
    return float(np.log(own + MIN_PROBABILITY).mean())


def _mean_of_class(trust: Doubles, labels: Ints) -> Doubles:
    """Return the mean trust of the samples with the same label, (n,)."""
    _, place, counts = np.unique(labels, return_inverse=True, return_counts=True)
    mean: Doubles = (np.bincount(place, weights=trust) / counts)[place]
    return mean
