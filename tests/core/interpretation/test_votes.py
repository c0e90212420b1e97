import numpy as np
from planted import graph_of, random_graph

from margin_core.interpretation.votes import MAX_VOTED, compute_agreement, compute_neighbor_votes, compute_top_votes
from margin_core.values.top_classes import MAX_COMPLETE


def test_by_hand():
    graph = graph_of([[0, 1, 2, 0], [1, 0, 0, 0], [2, 0, 0, 0], [0, 0, 0, 0]])
    labels = np.array([0, 1, 2, 0])
    np.testing.assert_allclose(
        compute_neighbor_votes(graph, labels, 3), [[0, 1 / 3, 2 / 3], [1, 0, 0], [1, 0, 0], [0, 0, 0]]
    )


def test_an_unlabeled_neighbor_does_not_vote():
    graph = graph_of([[0, 1, 2], [1, 0, 0], [2, 0, 0]])
    np.testing.assert_allclose(compute_neighbor_votes(graph, np.array([-1, 1, -1]), 2), [[0, 1], [0, 0], [0, 0]])


def test_asking_for_some_gives_exactly_the_rows_of_all():
    graph, labels = random_graph(40), np.random.default_rng(0).integers(-1, 4, 40)
    every = compute_neighbor_votes(graph, labels, 4)
    rows = np.array([7, 3, 3, 39, 0])
    np.testing.assert_array_equal(compute_neighbor_votes(graph, labels, 4, rows), every[rows])
    assert compute_neighbor_votes(graph, labels, 4, np.array([], int)).shape == (0, 4)


def test_nobody_votes_in_a_graph_without_edges():
    votes = compute_neighbor_votes(graph_of(np.zeros((3, 3))), np.array([0, 1, 0]), 2)
    assert votes.dtype == np.float64
    assert not votes.any()


def test_own_label_plays_no_part():
    graph, labels = random_graph(20), np.random.default_rng(0).integers(0, 3, 20)
    other = labels.copy()
    other[5] = (labels[5] + 1) % 3
    np.testing.assert_array_equal(
        compute_neighbor_votes(graph, other, 3)[5], compute_neighbor_votes(graph, labels, 3)[5]
    )


def test_votes_of_many_classes_are_the_same_numbers():
    graph, c = random_graph(60), MAX_COMPLETE + 50
    labels = np.random.default_rng(0).integers(-1, c, 60)
    np.testing.assert_allclose(compute_top_votes(graph, labels, c).dense(), compute_neighbor_votes(graph, labels, c))
    rows = np.array([4, 0, 4])
    np.testing.assert_array_equal(
        compute_top_votes(graph, labels, c, rows).dense(), compute_top_votes(graph, labels, c).dense()[rows]
    )
    own = compute_neighbor_votes(graph, labels, c)[np.arange(60), np.maximum(labels, 0)]
    np.testing.assert_allclose(compute_agreement(graph, labels), np.where(labels < 0, 0, own))


def test_of_a_hub_the_classes_with_most_votes_are_told_apart():
    n, c = 2 * MAX_VOTED + 10, MAX_COMPLETE + 50
    weights = np.zeros((n, n))
    weights[0, 1:] = weights[1:, 0] = np.arange(1, n)
    found, labels = compute_top_votes(graph_of(weights), np.arange(n), c), np.arange(n)
    assert sorted(found.listed[0].tolist()) == list(range(n - MAX_VOTED, n))
    np.testing.assert_allclose(found.total, 1)
    np.testing.assert_allclose(found.at_one(np.full(n, n - 1))[0], (n - 1) / weights[0].sum())
    assert found.rest[0] < found.values[0].min() and labels[0] == 0
