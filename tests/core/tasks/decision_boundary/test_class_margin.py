"""Class margins and class contact, on graphs worked out by hand."""

import numpy as np
import pytest
from planted import graph_of, random_graph

from margin_core.tasks.decision_boundary.class_margin import (
    class_contact,
    compute_label_margin,
    smooth_probabilities,
)

CHAIN = graph_of([[0, 1, 0, 0], [1, 0, 2, 0], [0, 2, 0, 1], [0, 0, 1, 0]])


def test_the_only_class_leads_by_all():
    assert compute_label_margin(np.ones((2, 1)), np.zeros(2, dtype=int)).tolist() == [1.0, 1.0]


def test_the_lead_of_a_label_falls_below_zero_where_another_wins():
    np.testing.assert_allclose(
        compute_label_margin(np.array([[0.1, 0.6, 0.3], [0.1, 0.6, 0.3]]), np.array([1, 2])), [0.3, -0.3]
    )


def test_half_of_the_high_pass_is_taken_off():
    p = np.array([[1, 0], [1, 0], [0, 1], [0.4, 0.6]])
    smooth = smooth_probabilities(CHAIN, p)
    around = np.array([[1, 0], [1 / 3, 2 / 3], [(2 + 0.4) / 3, 0.6 / 3], [0, 1]])
    np.testing.assert_allclose(smooth, (p + around) / 2)
    np.testing.assert_allclose(smooth.sum(axis=1), 1)
    alone = graph_of(np.zeros((2, 2)))
    np.testing.assert_array_equal(smooth_probabilities(alone, p[:2]), p[:2])


def test_classes_touch_by_the_share_of_their_weight_that_leads_across():
    # Of all weight at {0, 1}: 1 + 1 inside, 2 across; the same at {2, 3}.
    np.testing.assert_allclose(
        class_contact(CHAIN, np.array([0, 0, 1, 1]), 3), [[0.5, 0.5, 0], [0.5, 0.5, 0], [0, 0, 0]]
    )
    # One sample of class 1 in the middle: half of its weight (3) leads to 0, all weight (1) of 0 to it.
    table = class_contact(CHAIN, np.array([0, 1, 1, 2]), 3)
    assert table[0, 1] == pytest.approx(1 / np.sqrt(1 * 6))
    assert class_contact(CHAIN, np.array([0, -1, 1, 1]), 2)[0].tolist() == [0, 0]


def test_a_class_does_not_touch_others_more_for_being_large():
    """Three communities of which one is ten times as large; each sample has one edge in ten across, to either other."""
    sizes, rng = (200, 20, 20), np.random.default_rng(0)
    labels = np.repeat([0, 1, 2], sizes)
    raw = np.zeros((3, 3))
    weights = rng.random((240, 240)) < np.where(labels[:, None] == labels, 0.5, 0.05)
    weights = np.triu(weights, 1)
    graph = graph_of(weights + weights.T)
    table = class_contact(graph, labels, 3)
    for a in range(3):
        for b in range(3):
            raw[a, b] = graph.weights[labels == a][:, labels == b].sum()
    assert raw[0, 1] > 5 * raw[1, 2]
    assert table[0, 1] < 3 * table[1, 2]
    np.testing.assert_array_equal(table, table.T)
    assert table.min() >= 0 and table.max() <= 1


def test_class_contact_does_not_depend_on_the_scale_of_weights_or_the_order_of_classes():
    graph, rng = random_graph(30), np.random.default_rng(1)
    labels = rng.integers(0, 3, 30)
    table = class_contact(graph, labels, 3)
    np.testing.assert_allclose(class_contact(graph_of(7 * graph.weights.toarray()), labels, 3), table, rtol=1e-5)
    np.testing.assert_allclose(class_contact(graph, 2 - labels, 3), table[::-1, ::-1], rtol=1e-12)
