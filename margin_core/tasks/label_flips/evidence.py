"""The evidence columns beside each label's score."""

from __future__ import annotations

import numpy as np

from margin_core.interpretation.class_names import to_class_names
from margin_core.interpretation.votes import compute_agreement
from margin_core.tasks.label_flips.label_error_score import LabelErrorScore
from margin_core.values import UNLABELED, Doubles, Graph, Need, Study, TopClasses

SHOWN_NEIGHBORS = 12
"""How many of the nearest ids are kept as evidence."""


def compute_evidence(study: Study, graph: Graph, score: LabelErrorScore, pooled: TopClasses) -> dict[str, np.ndarray]:
    """Compute the columns that explain each score.

    Parameters
    ----------
    study : Study
        With labels.
    graph : Graph
        Of its samples.
    score : LabelErrorScore
    pooled : TopClasses
        Its class probabilities under the study's labels.

    Returns
    -------
    dict of str to array (n, ...)
        ``given``, ``suggested`` (int) and their names ``given_label``, ``suggested_label``; ``agreement``, the weighted
        share of neighbors with the same label, in [0, 1], NaN without a label; ``neighbours_agreeing`` of
        ``neighbours_counted`` among the k nearest; ``p_given`` and ``p_suggested``, in [0, 1], the class probabilities
        of the model, else of the linear probe; ``nearest_ids`` (n, at most 12).
    """
    labels = study.labels
    own, labeled = np.maximum(labels, 0), labels != UNLABELED
    alternatives = score.score_alternatives(pooled, labels).with_one(labels, -1.0)
    suggested = alternatives.argmax() if len(study.class_names) > 1 else own
    # Only what a person can look up: the plain count among the k nearest, and the weighted share beside it.
    neighbors = graph.neighbours
    voting = (neighbors >= 0) & (labels[neighbors] != UNLABELED)
    agreeing = voting & (labels[neighbors] == labels[:, None]) & labeled[:, None]
    table = TopClasses.complete(study.probabilities) if study.has(Need.PROBABILITIES) else score.models[0].map(np.exp)
    return {
        "given": labels,
        "suggested": suggested,
        "given_label": to_class_names(study, labels),
        "suggested_label": to_class_names(study, suggested),
        "agreement": np.where(labeled, compute_agreement(graph, labels), np.nan),
        "neighbours_agreeing": agreeing.sum(axis=1),
        "neighbours_counted": voting.sum(axis=1),
        "p_given": np.where(labeled, _probability_of(own, table), np.nan),
        "p_suggested": _probability_of(suggested, table),
        "nearest_ids": np.where(neighbors[:, :SHOWN_NEIGHBORS] >= 0, study.ids[neighbors[:, :SHOWN_NEIGHBORS]], ""),
    }


def _probability_of(classes: np.ndarray, table: TopClasses) -> Doubles:
    """Return each row's probability of one class, (n,): its share of the row, which rounding cannot lift above 1."""
    own: Doubles = table.at_one(classes) / table.total
    return own
