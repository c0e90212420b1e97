"""The labels themselves, as a signal."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from margin_core.values import UNLABELED, Domain, Graph, Ints, Signal, Study


def encode_one_hot(labels: Ints, n_classes: int) -> sparse.csr_array:
    """Return labels one-hot encoded.

    Parameters
    ----------
    labels : int array (m,)
        Class of each node in [0, c); `UNLABELED` where it has none.
    n_classes : int
        c.

    Returns
    -------
    CSR array (m, c)
        A single 1 a row, at its class; an unlabeled row is empty.
    """
    labeled = labels != UNLABELED
    indptr = np.concatenate([[0], np.cumsum(labeled)])
    return sparse.csr_array((np.ones(labeled.sum()), labels[labeled], indptr), shape=(len(labels), n_classes))


def given_labels(study: Study, domain: Domain, graph: Graph) -> Signal:
    r"""Return each node's own label, one-hot encoded.

    High-passed by a random walk, the component of the given label is

    .. math:: h_{i, y_i} = 1 - \sum_j P_{ij} [y_j = y_i],

    the weighted share of neighbors that carry another label: 0 = all agree, 1 = none does.

    Parameters
    ----------
    study : Study
        With labels.
    domain : Domain
    graph : Graph
        Not read.

    Returns
    -------
    Signal
        Values CSR (m, c), 0 or 1.
    """
    return Signal(
        values=encode_one_hot(domain.take(study.labels, UNLABELED), len(study.class_names)),
        hypothesis="Samples that lie near each other carry the same label",
    )
