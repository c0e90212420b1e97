"""The labels themselves, as a signal."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from margin_core.values import UNLABELLED, Domain, Graph, Ints, Signal, Study


def one_hot(labels: Ints, n_classes: int) -> sparse.csr_array:
    """Return a row a label with a single 1 at its class; an unlabelled row is empty. Shape (m, c)."""
    labelled = labels != UNLABELLED
    indptr = np.concatenate([[0], np.cumsum(labelled)])
    return sparse.csr_array((np.ones(labelled.sum()), labels[labelled], indptr), shape=(len(labels), n_classes))


def given_labels(study: Study, domain: Domain, graph: Graph) -> Signal:
    r"""Put each node's own label on it, one-hot.

    High-passed by a random walk, the component of the given label is

    .. math:: h_{i, y_i} = 1 - \sum_j P_{ij} [y_j = y_i],

    the weighted share of neighbours that carry another label: 0 = all agree, 1 = none does.
    """
    return Signal(
        values=one_hot(study.labels[domain.rows], len(study.class_names)),
        hypothesis="Samples that lie near each other carry the same label",
    )
