"""The overview of a study and its label ranking: counts, gaps, duplicates and confusions, each with its samples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy import sparse

from margin_core.tasks.label_flips.label_error_score import RANKED_ROLES
from margin_core.values import UNLABELED, Explanation, Graph, Ints, Need, Study, usable_rows

NEAR_DUPLICATE_DISTANCE = 0.13
"""A near duplicate is closer than this share of the median distance to the nearest neighbor."""


@dataclass(frozen=True)
class ClassCount:
    """The counts of one class.

    Parameters
    ----------
    name : str
    samples : int
        Samples that are given this label.
    suspects : int
        Those of them whose label is suspect.
    """

    name: str
    samples: int
    suspects: int


@dataclass(frozen=True)
class Confusion:
    """Suspects that share their given and their suggested class.

    Parameters
    ----------
    given, suggested : int
        Class numbers.
    count : int
    """

    given: int
    suggested: int
    count: int


@dataclass(frozen=True, eq=False)
class Overview:
    """Counts, and the rows behind each.

    Parameters
    ----------
    classes : tuple of ClassCount
        In class order.
    suspects : int
        Samples whose score is at least `SUSPECT_THRESHOLD`.
    labeled : int
        Samples with a label.
    confusions : tuple of Confusion
        Most frequent first.
    groups : mapping of str to int array
        Rows by name: ``suspects``, ``unlabelled``, ``unranked`` (with a label, but no score), ``unreadable``,
        ``exact_duplicates``, ``near_duplicates``, ``conflicting_duplicates`` (exact or near, with different labels).
    """

    classes: tuple[ClassCount, ...]
    suspects: int
    labeled: int
    confusions: tuple[Confusion, ...]
    groups: Mapping[str, Ints]

    @property
    def ranked(self) -> int:
        """Labels that have a score: those of samples without features have none."""
        return self.labeled - len(self.groups["unranked"])

    @property
    def suspect_share(self) -> float:
        """Suspects, as a share of the labels that were ranked, in [0, 1]."""
        return self.suspects / max(self.ranked, 1)

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Return the overview as arrays, for an archive.

        Returns
        -------
        dict of str to array
            As `from_arrays` takes them.
        """
        return {
            "classes": np.array([count.name for count in self.classes], dtype=str),
            "samples": np.array([[count.samples, count.suspects] for count in self.classes]).reshape(-1, 2),
            "labelled": np.array(self.labeled),  # Spelled as in stored overviews.
            "confusions": np.array([[a.given, a.suggested, a.count] for a in self.confusions], np.int64).reshape(-1, 3),
            **{f"group.{name}": rows for name, rows in self.groups.items()},
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """Return the overview that `to_arrays` gave as arrays.

        Parameters
        ----------
        arrays : mapping of str to array
            As `to_arrays` names them; others are left alone.

        Returns
        -------
        Overview
        """
        groups = {name.removeprefix("group."): rows for name, rows in arrays.items() if name.startswith("group.")}
        counts = zip(arrays["classes"].tolist(), arrays["samples"].tolist(), strict=True)
        return cls(
            classes=tuple(ClassCount(name, *samples) for name, samples in counts),
            suspects=len(groups["suspects"]),
            labeled=int(arrays["labelled"]),
            confusions=tuple(Confusion(*pair) for pair in arrays["confusions"].tolist()),
            groups=groups,
        )


def compute_overview(study: Study, explanation: Explanation) -> Overview:
    """Compute the overview of a study and its label ranking.

    Parameters
    ----------
    study : Study
    explanation : Explanation
        Of `LabelFlips` on this study, or of `SampleGraph` where it has no labels.

    Returns
    -------
    Overview

    Notes
    -----
    O(n k). Duplicates are looked for among the neighbors in the graph, so a set of more than k + 1 equal
    samples is found in full, but near duplicates beyond the k nearest are not.
    """
    names = study.class_names
    labels = study.labels if study.has(Need.LABELS) else np.full(len(study), UNLABELED)
    is_suspect = explanation.findings.roles == "suspect"
    is_ranked = np.isin(explanation.findings.roles, RANKED_ROLES)
    suspects = explanation.rows[is_suspect]
    suggested = explanation.findings.evidence["suggested"][is_suspect]
    counts = np.bincount(labels[labels != UNLABELED], minlength=len(names))
    suspected = np.bincount(labels[suspects], minlength=len(names))
    exact = duplicate_groups(explanation.graph, 0.0)
    near = duplicate_groups(explanation.graph, NEAR_DUPLICATE_DISTANCE * _typical_distance(explanation.graph))
    return Overview(
        classes=tuple(
            ClassCount(name, int(count), int(odd)) for name, count, odd in zip(names, counts, suspected, strict=True)
        ),
        suspects=len(suspects),
        labeled=int((labels != UNLABELED).sum()),
        confusions=tuple(count_confusions(labels[suspects], suggested)),
        groups={
            "suspects": suspects,
            "unlabelled": np.flatnonzero(labels == UNLABELED),
            "unranked": np.setdiff1d(np.flatnonzero(labels != UNLABELED), explanation.rows[is_ranked]),
            "unreadable": _unreadable(study),
            "exact_duplicates": np.flatnonzero(exact >= 0),
            "near_duplicates": np.flatnonzero((near >= 0) & (exact < 0)),
            "conflicting_duplicates": _conflicting(near, labels),
        },
    )


def count_confusions(given: Ints, suggested: Ints) -> list[Confusion]:
    """Count samples by given and suggested class.

    Parameters
    ----------
    given, suggested : int array (r,)
        Class numbers, or `UNLABELED`.

    Returns
    -------
    list of Confusion
        Most frequent first; ties by class numbers.
    """
    # One number a pair; both parts are at least UNLABELED, so shifted they are not negative.
    wide = int(suggested.max(initial=UNLABELED)) - UNLABELED + 1
    counts = np.bincount((given - UNLABELED) * wide + suggested - UNLABELED)
    kinds = np.flatnonzero(counts)
    kinds = kinds[np.argsort(-counts[kinds], kind="stable")]
    return [
        Confusion(given_class + UNLABELED, suggested_class + UNLABELED, count)
        for given_class, suggested_class, count in zip(
            (kinds // wide).tolist(), (kinds % wide).tolist(), counts[kinds].tolist(), strict=True
        )
    ]


def duplicate_groups(graph: Graph, max_distance: float) -> Ints:
    """Return the groups of nodes that lie within a distance of each other, directly or through others.

    Parameters
    ----------
    graph : Graph
    max_distance : float
        0 for exact duplicates.

    Returns
    -------
    int array (m,)
        The group of each node, numbered from 0; -1 for a node without a duplicate.

    Notes
    -----
    Connected components of the graph's edges that are no longer than `max_distance`.
    """
    from scipy.sparse.csgraph import connected_components  # slow to import, and most overviews are remembered

    m, k = graph.neighbours.shape
    close = (graph.distances <= max_distance) & (graph.neighbours >= 0)
    rows = np.repeat(np.arange(m), k)[close.ravel()]
    joined = sparse.coo_array((np.ones(len(rows)), (rows, graph.neighbours[close])), shape=(m, m))
    _, member = connected_components(joined, directed=False)
    return np.where(np.bincount(member)[member] > 1, member, -1)


def _typical_distance(graph: Graph) -> float:
    nearest = graph.distances[:, 0] if graph.distances.shape[1] else np.empty(0)
    apart = nearest[np.isfinite(nearest) & (nearest > 0)]
    return float(np.median(apart)) if len(apart) else 0.0


def _conflicting(member: Ints, labels: Ints) -> Ints:
    paired = np.flatnonzero((member >= 0) & (labels != UNLABELED))
    if not len(paired):
        return paired
    low = np.full(member.max() + 1, labels.max() + 1)
    high = np.full(member.max() + 1, -1)
    np.minimum.at(low, member[paired], labels[paired])
    np.maximum.at(high, member[paired], labels[paired])
    return paired[low[member[paired]] < high[member[paired]]]


def _unreadable(study: Study) -> Ints:
    if "unreadable" in study.columns:
        return np.flatnonzero(study.columns["unreadable"])
    if study.has(Need.EMBEDDING):
        return np.flatnonzero(~usable_rows(study.embedding))
    return np.empty(0, dtype=np.int64)
