"""Fitting the label error score to a study: its opinions, how far each counts, and which classes are confused."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from margin_core.graph import GivenGraph, GraphRecipe
from margin_core.interpretation.votes import compute_top_votes
from margin_core.probe.trust_weighted import fit_trust_weighted_probe, probe_key, select_training_labels
from margin_core.storage.engine import Run
from margin_core.storage.fingerprint import fingerprint
from margin_core.tasks.label_flips.calibration import Calibration, calibrate
from margin_core.tasks.label_flips.label_error_score import (
    SMOOTHING,
    LabelErrorScore,
    compute_log_probabilities,
    compute_log_votes,
    compute_smoothing,
)
from margin_core.tasks.label_flips.noise_transition import NoiseTransition, fit_noise_transition
from margin_core.tasks.label_flips.opinion_pool import fit_opinion_pool
from margin_core.tasks.label_flips.pair_table import PairTable
from margin_core.tasks.label_flips.reviewed import MIN_PROBABILITY, Reviewed
from margin_core.values import UNLABELED, Domain, Graph, Need, Study, TopClasses
from margin_core.values.top_classes import MAX_COMPLETE, N_TOP

CALIBRATIONS_STEP, NOISE_STEP, TOP_STEP = "calibrations", "channel", "top_classes"
"""The engine's names for the two fits and the model's likeliest classes; workspaces hold them, and refits their arrays,
under these."""


def fit_label_error_score(
    study: Study,
    domain: Domain,
    graph: Graph,
    neighbors: GraphRecipe,
    *,
    folds: int,
    run: Run,
    reviewed: Reviewed | None = None,
) -> LabelErrorScore:
    """Fit the label error score: opinions of neighbors, linear probe and model, pooled, and the noise transition.

    Parameters
    ----------
    study : Study
        With labels and an embedding. Its probabilities are an opinion if they are out of sample.
    domain : Domain
        Its samples as nodes. Where it has splits, only split 0 is fitted on.
    graph : Graph
        Of that domain.
    neighbors : Knn or GivenGraph
        What built the graph.
    folds : int
        Folds of the cross-validated probe, at least 2.
    run : Run
        Probe, calibrations and noise transition are steps of its engine, so a second call costs little.
    reviewed : Reviewed, optional
        With labels that are corrected: what they were, and which are verified.

    Returns
    -------
    LabelErrorScore

    Notes
    -----
    Two fits of the probe for the most part: O(folds iterations n d c).
    """
    labels = study.labels
    probe = fit_trust_weighted_probe(
        study, domain, graph, neighbors, folds=folds, verified=None if reviewed is None else reviewed.verified, run=run
    )
    brought = (_brought(study, run),) if study.has(Need.PROBABILITIES) and study.out_of_sample else ()
    models = compute_log_probabilities((probe.probabilities, *brought))
    smoothing = compute_smoothing(graph) if isinstance(neighbors, GivenGraph) else None
    training = np.where(graph.isolated, UNLABELED, select_training_labels(labels, domain))

    def calibrate_opinions() -> dict[str, np.ndarray]:
        votes = compute_log_votes(
            compute_top_votes(graph, labels, len(study.class_names)), SMOOTHING if smoothing is None else smoothing
        )
        fitted = [calibrate(opinion, training) for opinion in (votes, *models)]
        return {"calibrations": np.array([[one.exponent, one.likelihood] for one in fitted])}

    key = probe_key(study, domain, neighbors, folds)
    key = key if reviewed is None else fingerprint(key, reviewed.given, reviewed.verified)
    key = fingerprint(key, study.parts["probabilities"] if brought else None)
    calibrations = run.step(CALIBRATIONS_STEP, key, calibrate_opinions)["calibrations"]
    pool = fit_opinion_pool(*(Calibration(*one) for one in calibrations.tolist()))
    without_noise = LabelErrorScore(graph=graph, models=models, pool=pool, smoothing=smoothing)

    def fit_noise() -> dict[str, np.ndarray]:
        logs = without_noise.probabilities(training).map(lambda p: np.log(np.maximum(p, MIN_PROBABILITY)))
        pairs = (logs, training) if reviewed is None else reviewed.training_pairs(logs, training)
        fitted = fit_noise_transition(*pairs)
        tables = {**fitted.transition.to_arrays("transition"), **fitted.confusion.to_arrays("confusion")}
        return {"exponent": np.array([fitted.exponent]), **tables}

    fitted = run.step(NOISE_STEP, key, fit_noise)
    return LabelErrorScore(
        graph=graph,
        models=models,
        pool=pool,
        noise_transition=NoiseTransition(
            float(fitted["exponent"][0]),
            PairTable.from_arrays(fitted, "transition"),
            PairTable.from_arrays(fitted, "confusion"),
        ),
        dependents=None if domain.splits is None else sparse.csr_array(graph.weights.T),
        smoothing=smoothing,
    )


def _brought(study: Study, run: Run) -> TopClasses:
    """Return the probabilities that the study brings; of many classes, the largest are picked once."""
    c = len(study.class_names)
    if c <= MAX_COMPLETE:
        return TopClasses.complete(study.probabilities)
    key = fingerprint(study.parts["probabilities"], N_TOP)
    found = run.step(TOP_STEP, key, lambda: TopClasses.of(study.probabilities).to_arrays("probabilities"))
    return TopClasses.from_arrays(found, "probabilities", c)
