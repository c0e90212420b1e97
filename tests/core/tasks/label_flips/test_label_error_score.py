import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from planted import graph_of, random_graph

from margin_core.tasks.label_flips.label_error_score import (
    MIN_PROBABILITY,
    SMOOTHING,
    LabelErrorScore,
    compute_log_probabilities,
    compute_log_votes,
)
from margin_core.tasks.label_flips.live_label_error_score import LiveLabelErrorScore
from margin_core.tasks.label_flips.opinion_pool import OpinionPool
from margin_core.values import TopClasses


def make_score(graph, c=3, seed=0, weights=(0.7, 0.4)):
    table = np.random.default_rng(seed).dirichlet(np.ones(c), graph.neighbours.shape[0])
    return LabelErrorScore(
        graph=graph, models=compute_log_probabilities((TopClasses.complete(table),)), pool=OpinionPool(weights=weights)
    )


def test_the_score_is_the_strongest_rival_against_the_given_label():
    held = make_score(random_graph(12))
    labels = np.random.default_rng(0).integers(0, 3, 12)
    pooled, scores = held.probabilities(labels).values, held.scores(labels)
    np.testing.assert_allclose(pooled.sum(axis=1), 1)
    for row, own in enumerate(labels):
        strongest = np.delete(pooled[row], own).max()
        assert scores[row] == pytest.approx(strongest / (strongest + pooled[row, own]))
        assert (scores[row] > 0.5) == (pooled[row].argmax() != own)


def test_by_hand():
    graph = graph_of([[0, 1, 1], [1, 0, 0], [1, 0, 0]])
    held = LabelErrorScore(
        graph=graph, models=(TopClasses.complete(np.zeros((3, 2))),), pool=OpinionPool(weights=(2.0, 1.0))
    )
    # Both neighbors of node 0 carry class 1: smoothed shares (0.05, 1.05) / 1.1, squared.
    assert held.scores(np.array([0, 1, 1]))[0] == pytest.approx(1.05**2 / (1.05**2 + 0.05**2))
    assert held.scores(np.array([1, 1, 1]))[0] == pytest.approx(0.05**2 / (1.05**2 + 0.05**2))


def test_an_unlabeled_sample_is_not_suspect_and_one_class_has_no_suggestion():
    assert make_score(random_graph(6)).scores(np.array([-1, 0, 1, 2, 0, 1]))[0] == 0
    assert not make_score(random_graph(6), c=1).scores(np.zeros(6, int)).any()


def test_logs_rule_nothing_out():
    np.testing.assert_allclose(
        np.exp(compute_log_votes(TopClasses.complete(np.array([[1.0, 0]]))).values),
        [[1 + SMOOTHING, SMOOTHING]] / np.array(1.1),
    )
    np.testing.assert_allclose(np.exp(compute_log_votes(TopClasses.complete(np.zeros((1, 4)))).values), 0.25)
    (logs,) = compute_log_probabilities((TopClasses.complete(np.array([[1.0, 0]], np.float32)),))
    np.testing.assert_allclose(np.exp(logs.values), [[1 + MIN_PROBABILITY, MIN_PROBABILITY]])


def test_asking_for_some_gives_exactly_the_rows_of_all():
    held, labels = make_score(random_graph(30)), np.random.default_rng(0).integers(-1, 3, 30)
    rows = np.array([4, 29, 0, 4])
    np.testing.assert_array_equal(held.scores(labels, rows), held.scores(labels)[rows])
    np.testing.assert_array_equal(held.probabilities(labels, rows).values, held.probabilities(labels).values[rows])


corrections = st.lists(
    st.lists(st.tuples(st.integers(0, 24), st.integers(-1, 2)), min_size=1, max_size=4, unique_by=lambda pair: pair[0]),
    max_size=8,
)


@pytest.mark.slow
@given(seed=st.integers(0, 20), batches=corrections)
def test_corrections_one_by_one_are_exactly_a_full_recomputation(seed, batches):
    graph = random_graph(25, seed=seed, share=0.08)
    held = make_score(graph, seed=seed)
    start = np.random.default_rng(seed).integers(-1, 3, 25)
    live, labels = LiveLabelErrorScore(held, start), start.copy()
    scores = held.scores(labels)
    for batch in batches:
        rows, changed = np.array(batch).T
        labels[rows] = changed
        touched, fresh = live.update(rows, changed)
        reached = np.union1d(rows, np.flatnonzero(graph.weights.toarray()[rows].any(axis=0)))
        np.testing.assert_array_equal(touched, reached)
        scores[touched] = fresh
        np.testing.assert_array_equal(scores, held.scores(labels))
        np.testing.assert_array_equal(live.labels, labels)


def test_the_starting_labels_are_copied_and_the_view_is_read_only():
    start = np.zeros(6, int)
    live = LiveLabelErrorScore(make_score(random_graph(6)), start)
    live.update(np.array([2]), np.array([1]))
    assert not start.any()
    assert live.labels.tolist() == [0, 0, 1, 0, 0, 0]
    with pytest.raises(ValueError, match="read-only"):
        live.labels[0] = 2


def test_a_correction_moves_its_neighbors():
    graph = graph_of(np.ones((4, 4)) - np.eye(4))
    live = LiveLabelErrorScore(make_score(graph, weights=(1.0, 0.0)), np.array([0, 1, 1, 1]))
    before = live.label_error_score.scores(live.labels)
    touched, after = live.update(np.array([0]), np.array([1]))
    assert touched.tolist() == [0, 1, 2, 3]
    assert (after < before).all()
