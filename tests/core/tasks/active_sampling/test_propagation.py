import numpy as np
from scipy import sparse

from margin_core.tasks.active_sampling.propagation import propagate
from margin_core.values import Graph


def test_features_are_averaged_over_neighbors_and_oneself():
    path = sparse.csr_array(np.array([[0, 1, 0], [1, 0, 2], [0, 2, 0]], dtype=np.float32))
    graph = Graph(weights=path, neighbours=np.full((3, 1), -1, np.int32), distances=np.full((3, 1), np.inf, np.float32))
    points = np.array([[0.0], [4.0], [1.0]], dtype=np.float32)
    np.testing.assert_allclose(propagate(graph, points, 1)[:, 0], [2, (0 + 4 + 2) / 4, (8 + 1) / 3])
    np.testing.assert_array_equal(propagate(graph, points, 0), points)
    twice = propagate(graph, propagate(graph, points, 1), 1)
    np.testing.assert_allclose(propagate(graph, points, 2), twice, rtol=1e-6)
