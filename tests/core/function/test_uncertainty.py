"""Margins of the two likeliest classes and entropies, worked out by hand."""

import numpy as np

from margin_core.function.uncertainty import compute_top_two, normalized_entropy


def test_the_two_likeliest_classes_and_how_much_likelier_the_first_is():
    top = compute_top_two(np.array([[0.1, 0.6, 0.3], [0.5, 0.5, 0.0], [0.0, 0.0, 1.0]]))
    assert top.first.tolist() == [1, 0, 2]
    assert top.second.tolist() == [2, 1, 0]
    np.testing.assert_allclose(top.margin, [0.3, 0.0, 1.0])


def test_one_class_has_no_second():
    top = compute_top_two(np.ones((2, 1)))
    assert (top.first.tolist(), top.second.tolist(), top.margin.tolist()) == ([0, 0], [-1, -1], [1.0, 1.0])
    assert normalized_entropy(np.ones((2, 1))).tolist() == [0.0, 0.0]


def test_entropy_runs_from_sure_to_every_class_as_likely():
    np.testing.assert_allclose(normalized_entropy(np.array([[1, 0, 0, 0], [0.25] * 4, [0.5, 0.5, 0, 0]])), [0, 1, 0.5])
