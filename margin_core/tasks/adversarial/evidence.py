"""The scores of every node side by side, and what is known of its attack."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from margin_core.interpretation.class_names import to_class_names
from margin_core.tasks.adversarial.samples import Samples
from margin_core.tasks.adversarial.scores.energy import energy
from margin_core.tasks.adversarial.scores.filtered import compute_filtered
from margin_core.tasks.adversarial.scores.local_dimension import local_intrinsic_dimensionality
from margin_core.tasks.adversarial.scores.mahalanobis import mahalanobis_distance
from margin_core.values import NO_ROW, Doubles, Steps, Study

SCORES = {
    "raw": "Signal as it is",
    "text_filter": "Signal, high-pass filter",
    "appendix_filter": "Signal, filter of the paper's appendix",
    "low_pass": "Signal, mean over neighbors",
    "negative_log_kde": "-log kernel density",
    "lid": "Local intrinsic dimensionality",
    "mahalanobis": "Mahalanobis distance",
    "energy": "Energy of the logits",
}
"""Columns of the evidence that tell attacked from clean samples, and their titles; larger = more likely attacked."""


def compute_lone_scores(samples: Samples, log_density: Doubles, k: int) -> dict[str, Doubles]:
    """Compute the scores of every node that do not depend on the other nodes, but on the reference alone.

    Parameters
    ----------
    samples : Samples
        m nodes.
    log_density : float array (m,)
        Log kernel density.
    k : int
        Neighbors of the local intrinsic dimensionality.

    Returns
    -------
    dict of str to float array (m,)
        Four of `SCORES`; larger = more likely attacked, NaN where a score cannot be computed.
    """
    reference = samples.reference
    return {
        "negative_log_kde": -log_density,
        "lid": local_intrinsic_dimensionality(samples.features, reference.features, k),
        "mahalanobis": mahalanobis_distance(samples.features, reference.features, reference.classes),
        "energy": np.full(len(samples.ids), np.nan) if samples.logits is None else energy(samples.logits),
    }


def compute_scores(steps: Steps, direction: int, lone_scores: dict[str, Doubles]) -> dict[str, Doubles]:
    """Compute the scores of every node that depend on the graph, and return them with the others.

    Parameters
    ----------
    steps : Steps
        With the graph of the m nodes and the signal on it.
    direction : int
        Of the signal, 1 or -1.
    lone_scores : dict of str to float array (m,)
        Of `compute_lone_scores`.

    Returns
    -------
    dict of str to float array (m,)
        By the names of `SCORES`, in their order; larger = more likely attacked, NaN where a score cannot be computed.
    """
    found = compute_filtered(steps.graph, steps.signal, direction) | lone_scores
    return {name: found[name] for name in SCORES}


def compute_evidence(
    study: Study, samples: Samples, scores: dict[str, Doubles], direction: int
) -> dict[str, NDArray[Any]]:
    """Compute the columns that stand beside each node.

    Parameters
    ----------
    study : Study
    samples : Samples
        m nodes.
    scores : dict of str to float array (m,)
        Of `compute_scores`.
    direction : int
        Of the signal, 1 or -1.

    Returns
    -------
    dict of str to array (m,)
        The scores; ``attacked``; ``sample``, the id of the sample in the study, its own where it is a trusted one;
        ``class`` before the attack and ``model_class``, with their names; ``changed_8bit``, whether the class stays
        changed when pixels are rounded to 8 bits; ``distance_2`` and ``distance_inf``, the size of the change;
        the same in every row: ``tried`` and ``unchanged``, how many samples were attacked and how many of these in
        vain; of how many ``candidates``, and how many were passed over as ``misclassified`` or ``unreadable``; how many
        are the ``reference`` of densities; and ``direction`` of the signal (1: larger = more likely attacked).
    """
    m = len(samples.ids)
    return {
        **scores,
        "attacked": samples.attacked,
        "sample": np.where(samples.rows == NO_ROW, samples.ids, study.ids[samples.rows]),
        "class": samples.labels,
        "class_name": to_class_names(study, samples.labels),
        "model_class": samples.classes,
        "model_class_name": to_class_names(study, samples.classes),
        "changed_8bit": samples.changed_as_bytes,
        "distance_2": samples.distance_2,
        "distance_inf": samples.distance_inf,
        "tried": np.full(m, samples.tried),
        "unchanged": np.full(m, samples.unchanged),
        "candidates": np.full(m, samples.candidates),
        "misclassified": np.full(m, samples.misclassified),
        "unreadable": np.full(m, samples.unreadable),
        "reference": np.full(m, len(samples.reference.features)),
        "direction": np.full(m, direction),
    }
