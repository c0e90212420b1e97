"""The evidence columns beside each sample's distance to the boundary."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from margin_core.function.disagreement import compute_disagreement_share
from margin_core.function.uncertainty import NO_CLASS, compute_top_two, normalized_entropy
from margin_core.influence.high_pass import compute_shift_operator
from margin_core.interpretation.class_names import to_class_names
from margin_core.interpretation.votes import compute_neighbor_votes
from margin_core.values import UNLABELED, Graph, Ints, Need, Study


def compute_evidence(study: Study, graph: Graph, p: NDArray[np.floating], labels: Ints) -> dict[str, np.ndarray]:
    """Compute the columns that explain each score.

    Parameters
    ----------
    study : Study
    graph : Graph
        Of its samples.
    p : float array (n, c)
        Class probabilities; rows sum to 1.
    labels : int array (n,)
        Of the view, predicted or given; `UNLABELED` for none.

    Returns
    -------
    dict of str to array (n,)
        ``first`` and ``second``, the two likeliest classes (int; `NO_CLASS` for none), and their names ``first_name``,
        ``second_name``; ``margin`` of the two and ``entropy``, in [0, 1]; ``high_pass``, that of equation 3 of the
        paper; ``disagreement``, the weighted share of neighbors with another label, in [0, 1], NaN without a label or
        a neighbor that has one; ``neighbour_class``, the most frequent other class among the neighbors; ``given``; and
        ``wrong``, whether the given class is not the likeliest.
    """
    n, c = p.shape
    each = np.arange(n)
    top = compute_top_two(p)
    votes = compute_neighbor_votes(graph, labels, c)
    has_votes = (votes.sum(axis=1) > 0) & (labels != UNLABELED)
    others = votes.copy()
    others[each[labels != UNLABELED], labels[labels != UNLABELED]] = 0
    differs = compute_disagreement_share(graph, labels, c)
    high_pass = differs - compute_shift_operator(graph, "random_walk") @ differs
    given = study.labels if study.has(Need.LABELS) else np.full(n, UNLABELED)
    return {
        "first": top.first,
        "second": top.second,
        "first_name": to_class_names(study, top.first),
        "second_name": to_class_names(study, top.second),
        "margin": top.margin,
        "entropy": normalized_entropy(p),
        "high_pass": np.where(graph.isolated, 0.0, high_pass),
        "disagreement": np.where(has_votes, 1 - votes[each, labels], np.nan),
        "neighbour_class": np.where(others.max(axis=1) > 0, others.argmax(axis=1), NO_CLASS),
        "given": given,
        "wrong": (given != UNLABELED) & (given != top.first),
    }
