"""Equation 3 of the paper: the share of neighbors whose label differs."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from margin_core.function.given_labels import encode_one_hot
from margin_core.values import UNLABELED, Domain, Doubles, Graph, Ints, Signal, Study


def disagreement(study: Study, domain: Domain, graph: Graph) -> Signal:
    r"""Compute the share of each node's neighbors whose label differs.

    .. math:: f_i = 1 - \frac{1}{|N_i|} \sum_{j \in N_i} [y_j = y_i],\qquad N_i = \{j : W_{ij} \ne 0\}

    Neighbors without a label are not counted. An unlabeled node, and one without labeled neighbors,
    has f = 0: nothing contradicts it.

    Parameters
    ----------
    study : Study
        With labels.
    domain : Domain
    graph : Graph
        Of that domain.

    Returns
    -------
    Signal
        Values (m,) in [0, 1]; larger = more of the neighbors differ.

    Notes
    -----
    O(edges).

    References
    ----------
    MARGIN, Front. Big Data 4:589417 (2021), equation 3.
    """
    labels = domain.take(study.labels, UNLABELED)
    values = compute_disagreement_share(graph, labels, len(study.class_names))
    return Signal(values=values, hypothesis="The neighbors of a sample carry the label that it carries")


def compute_disagreement_share(graph: Graph, labels: Ints, n_classes: int) -> Doubles:
    """Compute f of equation 3 for any labels; see `disagreement`.

    Parameters
    ----------
    graph : Graph
    labels : int array (m,)
        Class of each node; `UNLABELED` where it has none.
    n_classes : int
        c.

    Returns
    -------
    float array (m,)
        In [0, 1]; larger = more of the neighbors differ.
    """
    ends = (np.ones(graph.weights.nnz), graph.weights.indices, graph.weights.indptr)
    joined = sparse.csr_array(ends, shape=graph.weights.shape)
    own = encode_one_hot(labels, n_classes)
    votes = joined @ own
    counted = np.asarray(votes.sum(axis=1)).ravel()
    agreeing = np.asarray(votes.multiply(own).sum(axis=1)).ravel()
    scored = (counted > 0) & (labels != UNLABELED)
    values: Doubles = np.where(scored, 1 - agreeing / np.maximum(counted, 1), 0.0)
    return values
