"""The share of the labeled neighbors that carry another label."""

import numpy as np
import pytest

from margin_core.errors import MissingPart
from margin_core.function.disagreement import disagreement


def test_disagreement_counts_neighbors_and_not_weights(put):
    signal = put(disagreement, [0, 0, 1, 2, 0, 1])
    np.testing.assert_array_equal(signal.values, [0, 0.5, 1, 0, 1, 1])
    assert signal.hypothesis


@pytest.mark.parametrize(
    ("labels", "shares"), [([0, 0, -1, -1, -1, 1], [0, 0, 0, 0, 0, 0]), ([1, 0, -1, 0, 0, 0], [1, 1, 0, 0, 0, 0])]
)
def test_unlabeled_samples_neither_vote_nor_are_judged(put, labels, shares):
    np.testing.assert_array_equal(put(disagreement, labels).values, shares)


def test_labels_are_needed(put_without_labels):
    with pytest.raises(MissingPart, match="has no labels"):
        put_without_labels(disagreement)
