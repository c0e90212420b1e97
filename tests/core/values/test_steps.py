"""What the steps of an explanation hold together."""

import numpy as np
import pytest
from scipy import sparse

from margin_core.errors import SourceError
from margin_core.values import NO_ROW, Domain, Graph


def test_a_graph_refuses_shapes_and_weights_that_cannot_be():
    weights = sparse.csr_array(np.array([[0, 1.0], [1.0, 0]]))
    near, away = np.array([[1], [0]], np.int32), np.ones((2, 1), np.float32)
    assert not Graph(weights=weights.copy(), neighbours=near, distances=away).isolated.any()
    for wrong in ({"neighbours": near[:1]}, {"distances": away[:, :0]}):
        with pytest.raises(SourceError, match="must be of the same m nodes"):
            Graph(**{"weights": weights.copy(), "neighbours": near, "distances": away} | wrong)
    for entries in ([[0, -1.0], [-1.0, 0]], [[1.0, 0], [0, 0]]):
        with pytest.raises(SourceError, match="weights must not be negative, and no node may have an edge to itself"):
            Graph(weights=sparse.csr_array(np.array(entries)), neighbours=near, distances=away)


@pytest.mark.parametrize(("values", "missing"), [(np.arange(5), -1), (np.arange(10.0).reshape(5, 2), np.nan)])
def test_a_node_of_no_sample_takes_no_value_of_the_last_one(values, missing):
    rows = np.array([4, NO_ROW, 0])
    domain = Domain(ids=np.array(["a", "b", "c"]), rows=rows, points=np.zeros((3, 1), np.float32), fingerprint="abc")
    before = values.copy()
    taken = domain.take(values, missing)
    np.testing.assert_array_equal(taken[[0, 2]], values[[4, 0]])
    np.testing.assert_array_equal(taken[1], np.full(values.shape[1:], missing))
    np.testing.assert_array_equal(values, before)
