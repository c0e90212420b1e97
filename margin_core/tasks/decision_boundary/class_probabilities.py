"""The class probabilities that a decision boundary follows from: the study's own, or those of a linear probe."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from margin_core.graph import GivenGraph, GraphRecipe
from margin_core.probe.trust_weighted import NEIGHBORS, compute_out_of_sample_probabilities
from margin_core.storage.engine import Run
from margin_core.values import Need, Study, usable_rows


def class_probabilities(study: Study, run: Run, graph: GraphRecipe = NEIGHBORS) -> NDArray[np.floating]:
    """Return the class probabilities of each sample: the study's, else those of the audit's linear probe.

    Parameters
    ----------
    study : Study
        Has probabilities, or an embedding and labels.
    run : Run
        Remembers the linear probe, gets the progress.
    graph : Knn or GivenGraph, optional
        Of the task: where it is given, the probe is that of the given graph, as in the audit of such a study.

    Returns
    -------
    float array (n, c)
        Rows sum to 1; those of the probe are out of sample.
    """
    if study.has(Need.PROBABILITIES):
        return study.probabilities
    return compute_out_of_sample_probabilities(study, run, graph if isinstance(graph, GivenGraph) else NEIGHBORS)


def tells_classes_apart(study: Study, p: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Return which samples have probabilities of their own that tell classes apart.

    Parameters
    ----------
    study : Study
        Has probabilities, or an embedding.
    p : float array (n, c)
        Its `class_probabilities`.

    Returns
    -------
    bool array (n,)
    """
    if not study.has(Need.PROBABILITIES):
        return usable_rows(study.embedding)
    if p.shape[1] < 3:  # With two classes, one half each is a prediction on the boundary.
        return np.ones(len(p), dtype=bool)
    return np.asarray((p != p[:, :1]).any(axis=1))
