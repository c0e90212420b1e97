"""The given labels as one signal a class."""

from dataclasses import replace

import numpy as np
import pytest
from planted import domain_of

from margin_core import Study
from margin_core.errors import MissingPart
from margin_core.function.disagreement import disagreement
from margin_core.function.given_labels import encode_one_hot, given_labels
from margin_core.influence import HighPass
from margin_core.values import NO_ROW


def test_given_labels_are_one_hot_and_an_unlabeled_row_is_empty(put):
    signal = put(given_labels, [0, 2, -1, 1, -1, 0])
    np.testing.assert_array_equal(
        signal.values.toarray(), [[1, 0, 0], [0, 0, 1], [0, 0, 0], [0, 1, 0], [0, 0, 0], [1, 0, 0]]
    )
    assert encode_one_hot(np.array([], dtype=int), 3).shape == (0, 3)


def test_the_high_passed_own_label_is_the_weighted_share_that_differs(put, graph):
    labels = np.array([0, 0, 1, 2, 0, 1])
    h = HighPass()(graph, put(given_labels, labels)).high_pass.toarray()
    np.testing.assert_allclose(h[np.arange(6), labels], [0, 1 / 1.5, 1, 0, 1, 1])


def test_labels_are_needed(put_without_labels):
    with pytest.raises(MissingPart, match="has no labels"):
        put_without_labels(given_labels)


def test_a_node_of_no_sample_has_no_label(graph):
    study = Study.build(labels=[0, 1, 1], class_names=["a", "b"], embedding=np.zeros((3, 1)))
    domain = replace(domain_of(np.zeros((6, 1))), rows=np.array([0, NO_ROW, 1, NO_ROW, NO_ROW, 2]))
    assert given_labels(study, domain, graph).values.toarray().sum(axis=1).tolist() == [1, 0, 1, 0, 0, 1]
    # Node 1 votes on 0 and 2, and node 4 on 5: without a label there is nothing that they could contradict.
    assert disagreement(study, domain, graph).values.tolist() == [0] * 6
