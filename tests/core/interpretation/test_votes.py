import numpy as np
from planted import graph_of, random_graph

from margin_core.interpretation.votes import compute_neighbor_votes


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
