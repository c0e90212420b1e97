"""The evidence columns beside each prototype and criticism."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from margin_core.interpretation.class_names import to_class_names
from margin_core.interpretation.votes import compute_neighbor_votes
from margin_core.tasks.prototypes.groups import rows_of_groups
from margin_core.values import UNLABELED, Doubles, Graph, Ints, Need, Steps, Study


def compute_evidence(
    study: Study, steps: Steps, rows: Ints, numbers: Ints, found: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Compute the columns that explain each choice.

    Parameters
    ----------
    study : Study
    steps : Steps
    rows : int array (q,)
        The samples that were selected: p prototypes, then criticisms.
    numbers : int array (n,)
        The group that each sample is compared with; -1 = in none.
    found : mapping of str to array
        ``prototypes``, and what `margin_core.tasks.prototypes.assignment` computes for them.

    Returns
    -------
    dict of str to array (q, ...)
        ``class``, ``class_name`` and ``model_class``; ``group_size``; ``stands_for``, the share of its group that a
        prototype stands for, and ``covers``, in [0, 1]; ``deviates_from``, the id of a criticism's nearest prototype,
        and ``reason``, why it is one: ``label``, ``model`` or ``density``; ``influence``; ``density`` and
        ``agreement`` in [0, 1], larger = denser, more alike; ``taken_from`` and ``taken``, from which the shares of
        any prefix of the prototypes follow.
    """
    p = len(found["prototypes"])
    criticisms = len(rows) - p
    labels = study.labels[rows] if study.has(Need.LABELS) else np.full(len(rows), UNLABELED)
    sizes = np.bincount(numbers[numbers >= 0], minlength=1)[np.maximum(numbers[rows], 0)]
    taken_from, taken = found["taken_from"], found["taken"]
    lost = np.bincount(taken_from[taken_from >= 0], taken[taken_from >= 0], p)
    stands_for = np.concatenate([taken.sum(axis=1) - lost, np.zeros(criticisms)]) / np.maximum(sizes, 1)
    agreement = _agreement(study, steps.graph, rows)
    predicted = study.probabilities[rows].argmax(axis=1) if study.has(Need.PROBABILITIES) else labels
    named = study.has(Need.LABELS) | study.has(Need.PROBABILITIES)
    reason = np.select(
        [agreement < 0.5, (labels != UNLABELED) & (predicted != labels)], ["label", "model"], "density"
    )  # fmt: skip
    padding = ((0, criticisms), (0, 0))
    deviates_from = np.concatenate([np.full(p, -1), found["deviates_from"]])
    return {
        "class": labels,
        "class_name": to_class_names(study, labels),
        "group_size": sizes,
        "stands_for": stands_for,
        "covers": np.concatenate([found["covers"], np.full(criticisms, np.nan)]),
        "deviates_from": np.where(deviates_from >= 0, study.ids[rows][deviates_from], "") if p else study.ids[:0],
        "reason": np.where(np.arange(len(rows)) < p, "", reason),
        "influence": steps.influence.scores[rows],
        "density": _density(steps.graph, numbers)[rows],
        "agreement": agreement,
        "model_class": predicted if named else labels,
        "taken_from": np.pad(taken_from, padding, constant_values=-1),
        "taken": np.pad(taken, padding),
    }


def _agreement(study: Study, graph: Graph, rows: Ints) -> Doubles:
    """Compute the weighted share of neighbors that carry a sample's label; NaN where there is nothing to compare."""
    if not study.has(Need.LABELS):
        return np.full(len(rows), np.nan)
    shares = compute_neighbor_votes(graph, study.labels, len(study.class_names), rows)
    labels = study.labels[rows]
    compared = (labels != UNLABELED) & (shares.sum(axis=1) > 0)
    return np.where(compared, shares[np.arange(len(rows)), labels], np.nan)


def _density(graph: Graph, numbers: Ints) -> Doubles:
    """Compute the share of its group that lies in a sparser place, by mean distance to neighbors, in [0, 1]."""
    near = np.isfinite(graph.distances)
    total = np.where(near, graph.distances, 0).sum(axis=1, dtype=np.float64)
    mean = np.where(near.any(axis=1), total / np.maximum(near.sum(axis=1), 1), np.inf)
    density = np.zeros(len(mean))
    for rows in rows_of_groups(numbers):
        ordered = np.sort(mean[rows])
        density[rows] = 1 - np.searchsorted(ordered, mean[rows], side="right") / len(rows)
    return density
