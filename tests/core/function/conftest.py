"""Six nodes, one of them alone, that every function of labels is put on."""

import numpy as np
import pytest
from planted import domain_of, graph_of

from margin_core import Study

#     0 -- 1 -- 2      3 (alone)      4 -- 5
EDGES = [(0, 1, 0.5), (1, 2, 1.0), (4, 5, 0.1)]


@pytest.fixture
def graph():
    weights = np.zeros((6, 6))
    for i, j, weight in EDGES:
        weights[i, j] = weights[j, i] = weight
    return graph_of(weights)


@pytest.fixture
def put(graph):
    """Compute a function of labels on the six nodes."""

    def put(function, labels):
        study = Study.build(labels=labels, class_names=["a", "b", "c"], embedding=np.zeros((6, 1)))
        return function(study, domain_of(np.zeros((6, 1))), graph)

    return put


@pytest.fixture
def put_without_labels(graph):
    return lambda function: function(Study.build(embedding=np.zeros((6, 1))), domain_of(np.zeros((6, 1))), graph)
