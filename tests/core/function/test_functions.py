import numpy as np
import pytest
from planted import domain_of, graph_of

from margin_core import Study
from margin_core.errors import MissingPart
from margin_core.function.disagreement import disagreement
from margin_core.function.given_labels import encode_one_hot, given_labels
from margin_core.influence import HighPass

#     0 -- 1 -- 2      3 (alone)      4 -- 5
EDGES = [(0, 1, 0.5), (1, 2, 1.0), (4, 5, 0.1)]


def graph():
    weights = np.zeros((6, 6))
    for i, j, weight in EDGES:
        weights[i, j] = weights[j, i] = weight
    return graph_of(weights)


def study(labels):
    return Study.build(labels=labels, class_names=["a", "b", "c"], embedding=np.zeros((len(labels), 1)))


def test_disagreement_counts_neighbors_and_not_weights():
    signal = disagreement(study([0, 0, 1, 2, 0, 1]), domain_of(np.zeros((6, 1))), graph())
    np.testing.assert_array_equal(signal.values, [0, 0.5, 1, 0, 1, 1])
    assert signal.hypothesis


def test_unlabeled_samples_neither_vote_nor_are_judged():
    signal = disagreement(study([0, 0, -1, -1, -1, 1]), domain_of(np.zeros((6, 1))), graph())
    np.testing.assert_array_equal(signal.values, [0, 0, 0, 0, 0, 0])
    signal = disagreement(study([1, 0, -1, 0, 0, 0]), domain_of(np.zeros((6, 1))), graph())
    np.testing.assert_array_equal(signal.values, [1, 1, 0, 0, 0, 0])


def test_given_labels_are_one_hot_and_an_unlabeled_row_is_empty():
    signal = given_labels(study([0, 2, -1]), domain_of(np.zeros((3, 1))), graph())
    np.testing.assert_array_equal(signal.values.toarray(), [[1, 0, 0], [0, 0, 1], [0, 0, 0]])
    assert encode_one_hot(np.array([], dtype=int), 3).shape == (0, 3)


def test_the_high_passed_own_label_is_the_weighted_share_that_differs():
    labels = np.array([0, 0, 1, 2, 0, 1])
    h = HighPass()(graph(), given_labels(study(labels), domain_of(np.zeros((6, 1))), graph())).high_pass.toarray()
    np.testing.assert_allclose(h[np.arange(6), labels], [0, 1 / 1.5, 1, 0, 1, 1])


@pytest.mark.parametrize("function", [disagreement, given_labels])
def test_labels_are_needed(function):
    with pytest.raises(MissingPart, match="has no labels"):
        function(Study.build(embedding=np.zeros((6, 1))), domain_of(np.zeros((6, 1))), graph())
