"""What the steps of an explanation hold together."""

import numpy as np
import pytest
from scipy import sparse

from margin_core.values import Graph


def test_a_graph_refuses_shapes_and_weights_that_cannot_be():
    weights = sparse.csr_array(np.array([[0, 1.0], [1.0, 0]]))
    near, away = np.array([[1], [0]], np.int32), np.ones((2, 1), np.float32)
    assert not Graph(weights=weights.copy(), neighbours=near, distances=away).isolated.any()
    for wrong in ({"neighbours": near[:1]}, {"distances": away[:, :0]}):
        with pytest.raises(ValueError, match="shapes differ"):
            Graph(**{"weights": weights.copy(), "neighbours": near, "distances": away} | wrong)
    for entries in ([[0, -1.0], [-1.0, 0]], [[1.0, 0], [0, 0]]):
        with pytest.raises(ValueError, match="weights must not be negative and the diagonal must be empty"):
            Graph(weights=sparse.csr_array(np.array(entries)), neighbours=near, distances=away)
