"""Equation 3 of the paper: how much the neighbours distrust a label."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from margin_core.function.given_labels import one_hot
from margin_core.values import UNLABELLED, Domain, Doubles, Graph, Ints, Signal, Study


def disagreement(study: Study, domain: Domain, graph: Graph) -> Signal:
    r"""Give each node the share of its neighbours whose label differs.

    .. math:: f_i = 1 - \frac{1}{|N_i|} \sum_{j \in N_i} [y_j = y_i],\qquad N_i = \{j : W_{ij} \ne 0\}

    Neighbours without a label are not counted. An unlabelled node, and one without labelled neighbours,
    has f = 0: nothing contradicts it.

    References
    ----------
    MARGIN, Front. Big Data 4:589417 (2021), equation 3.
    """
    labels = study.labels[domain.rows]
    values = disagreement_share(graph, labels, len(study.class_names))
    return Signal(values=values, hypothesis="The neighbours of a sample carry the label that it carries")


def disagreement_share(graph: Graph, labels: Ints, n_classes: int) -> Doubles:
    """Give f of equation 3 for any labels (m,), in [0, 1]; see `disagreement`."""
    ends = (np.ones(graph.weights.nnz), graph.weights.indices, graph.weights.indptr)
    joined = sparse.csr_array(ends, shape=graph.weights.shape)
    carried = one_hot(labels, n_classes)
    votes = joined @ carried
    counted = np.asarray(votes.sum(axis=1)).ravel()
    agreeing = np.asarray(votes.multiply(carried).sum(axis=1)).ravel()
    judged = (counted > 0) & (labels != UNLABELLED)
    values: Doubles = np.where(judged, 1 - agreeing / np.maximum(counted, 1), 0.0)
    return values
