"""From what a filter leaves to a score: magnitudes over the largest, without what is only rounding."""

import numpy as np
import pytest
from scipy import sparse

from margin_core.influence.magnitude import compute_influence, compute_positive_influence


@pytest.mark.parametrize("of", [np.asarray, sparse.csr_array], ids=["dense", "sparse"])
def test_the_magnitude_of_several_signals_is_their_euclidean_norm(of):
    filtered = np.array([[3.0, 4.0], [0.0, 0.0], [0.0, -10.0]])
    np.testing.assert_allclose(compute_influence(of(filtered), of(filtered)).scores, [0.5, 0, 1])


@pytest.mark.parametrize("of", [np.asarray, sparse.csr_array], ids=["dense", "sparse"])
def test_what_is_small_beside_the_signal_is_rounding_and_not_influence(of):
    """A constant of a million minus its own mean leaves 1e-10, which would rank every node."""
    large, tiny = np.full((4, 2), 1e6), np.full((4, 2), 1e-10)
    found = compute_influence(of(tiny), of(large))
    assert not found.scores.any() and found.high_pass.sum() == 0
    np.testing.assert_allclose(compute_influence(of(tiny), of(tiny)).scores, 1.0)


def test_what_was_filtered_stays_as_it_was():
    filtered = sparse.csr_array(np.array([[1e-20, 1.0]]))
    compute_influence(filtered, sparse.csr_array(np.array([[5.0, 1.0]])))
    assert filtered.nnz == 2


def test_of_no_nodes_and_of_no_signal_there_is_no_influence():
    assert compute_influence(np.zeros(0), np.zeros(0)).scores.shape == (0,)
    assert not compute_influence(np.zeros(3), np.zeros(3)).scores.any()


def test_with_its_sign_kept_only_what_lies_above_the_neighbors_counts():
    influence = compute_influence(np.array([-4.0, 1.0, 2.0, 0.0]), np.ones(4))
    np.testing.assert_allclose(influence.scores, [1.0, 0.25, 0.5, 0.0])
    np.testing.assert_allclose(compute_positive_influence(influence), [0.0, 0.5, 1.0, 0.0])


def test_where_nothing_lies_above_its_neighbors_no_score_is_positive():
    influence = compute_influence(np.array([-4.0, -1.0]), np.ones(2))
    assert compute_positive_influence(influence).tolist() == [0.0, 0.0]
