import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from planted import graph_of, random_graph

from margin_core.tasks.label_flips.breakdown import compute_breakdown, select_nearest
from margin_core.tasks.label_flips.label_error_score import LabelErrorScore, compute_log_probabilities
from margin_core.tasks.label_flips.noise_transition import NoiseTransition
from margin_core.tasks.label_flips.opinion_pool import OpinionPool
from margin_core.tasks.label_flips.pair_table import PairTable
from margin_core.values import Graph, TopClasses

NODES, CLASSES = 18, 4


def world(seed, *, c=CLASSES, brought=True, noise=True, m=NODES):
    """Make opinions and labels, one in six without a label."""
    rng = np.random.default_rng(seed)
    tables = [TopClasses.complete(table) for table in rng.dirichlet(np.full(c, 0.5), (2 if brought else 1, m))]
    mixed = rng.dirichlet(np.ones(c), (2, c)) + 2 * np.eye(c)
    noise_transition = NoiseTransition(1.0, *map(PairTable.of, mixed / mixed.sum(axis=2, keepdims=True)))
    held = LabelErrorScore(
        graph=random_graph(m, seed=seed, share=0.25),
        models=compute_log_probabilities(tables),
        pool=OpinionPool(weights=(1.3, 0.4, 0.7)[: 1 + len(tables)]),
        noise_transition=noise_transition if noise else None,
    )
    labels = np.where(rng.random(m) < 1 / 6, -1, rng.integers(0, c, m))
    return held, labels


@pytest.mark.slow
@given(seed=st.integers(0, 200), row=st.integers(0, NODES - 1), brought=st.booleans(), noise=st.booleans())
def test_every_what_if_is_exactly_a_recomputation(seed, row, brought, noise):
    held, labels = world(seed, brought=brought, noise=noise)
    verified = np.random.default_rng(seed).random(NODES) < 0.2
    why = compute_breakdown(held, labels, row, verified)
    assert why.score == pytest.approx(held.scores(labels)[row], rel=1e-12, abs=1e-15)
    everything = labels.copy()
    scores, looks = held.scores(labels), held.score_alternatives(held.probabilities(labels), labels).argmax()
    for one in why.neighbors:
        wrong = scores[one.row] > 0.5 and not verified[one.row] and labels[row] >= 0
        assert one.suggested == (looks[one.row] if wrong else None)
        assert (one.score_if_corrected is None) == (one.suggested is None)
        if one.suggested is not None:
            changed = labels.copy()
            everything[one.row] = changed[one.row] = one.suggested
            assert one.score_if_corrected == pytest.approx(
                held.scores(changed, np.array([row]))[0], rel=1e-12, abs=1e-15
            )
    if why.score_if_all_corrected is not None:
        assert why.score_if_all_corrected == pytest.approx(held.scores(everything)[row], rel=1e-12, abs=1e-15)
    assert (why.score_if_all_corrected is None) == all(one.suggested is None for one in why.neighbors)


@given(seed=st.integers(0, 200), row=st.integers(0, NODES - 1))
def test_the_numbers_add_up(seed, row):
    held, labels = world(seed)
    why = compute_breakdown(held, labels, row)
    weights = held.graph.weights.toarray()[row]
    assert [one.row for one in why.neighbors] == sorted(
        np.flatnonzero((weights > 0) & (labels >= 0)).tolist(), key=lambda other: (-weights[other], other)
    )
    for one in why.neighbors:
        assert (one.label, one.agrees) == (labels[one.row], labels[one.row] == labels[row])
    if why.neighbors:
        assert sum(one.share for one in why.neighbors) == pytest.approx(1)
    together = np.prod([one.probabilities**one.weight for one in why.opinions], axis=0)
    np.testing.assert_allclose(together / together.sum(), why.pooled, rtol=1e-9)
    for one in why.opinions:
        assert one.probabilities.sum() == pytest.approx(1)
    if why.label >= 0:
        for_suggested = why.pooled[why.suggested] * why.factor
        assert why.score == pytest.approx(for_suggested / (for_suggested + why.pooled[why.label]), rel=1e-12)
        assert why.suggested != why.label


def test_by_hand():
    # Node 0 is of class 0; 1 and 2 (class 1) and 3 (class 0) vote on it; the probe predicts class 0 everywhere else.
    graph = graph_of([[0, 2, 1, 1], [2, 0, 0, 0], [1, 0, 0, 0], [1, 0, 0, 0]])
    probe = np.array([[0.5, 0.5], [0.99, 0.01], [0.01, 0.99], [0.99, 0.01]])
    models, pool = compute_log_probabilities((TopClasses.complete(probe),)), OpinionPool(weights=(1.0, 1.0))
    held = LabelErrorScore(graph=graph, models=models, pool=pool)
    why = compute_breakdown(held, np.array([0, 1, 1, 0]), 0)
    assert [(one.row, one.share, one.agrees, one.suggested) for one in why.neighbors] == [
        (1, 0.5, False, 0), (2, 0.25, False, None), (3, 0.25, True, None),
    ]  # fmt: skip
    assert why.score == pytest.approx(0.8 / 1.1)  # shares (0.25, 0.75), each with 0.05 added
    assert why.neighbors[0].score_if_corrected == why.score_if_all_corrected == pytest.approx(0.3 / 1.1)
    assert (why.label, why.suggested, why.factor) == (0, 1, 1.0)


def test_a_reviewed_neighbor_has_nothing_to_correct():
    graph = graph_of([[0, 1], [1, 0]])
    models = compute_log_probabilities((TopClasses.complete(np.array([[0.9, 0.1]] * 2)),))
    held = LabelErrorScore(graph=graph, models=models, pool=OpinionPool(weights=(1, 1)))
    labels = np.array([0, 1])
    assert compute_breakdown(held, labels, 0).neighbors[0].suggested == 0
    verified = compute_breakdown(held, labels, 0, np.array([False, True]))
    assert (verified.neighbors[0].suggested, verified.neighbors[0].verified, verified.score_if_all_corrected) == (
        None,
        True,
        None,
    )


def test_a_sample_without_a_label_has_no_score_and_nothing_to_correct():
    held, labels = world(3)
    labels[5] = -1
    why = compute_breakdown(held, labels, 5)
    assert (why.label, why.score, why.factor, why.score_if_all_corrected) == (-1, 0.0, 1.0, None)
    assert why.suggested == why.pooled.argmax()
    assert why.neighbors and not any(one.agrees or one.suggested is not None for one in why.neighbors)


def test_without_neighbors_the_probe_decides_alone():
    held, labels = world(4)
    alone = dataclasses.replace(held, graph=graph_of(np.zeros((NODES, NODES))))
    labels[2] = 1
    why = compute_breakdown(alone, labels, 2)
    assert why.neighbors == () and why.score_if_all_corrected is None
    np.testing.assert_allclose(why.opinions[0].probabilities, 1 / CLASSES)
    assert why.score == pytest.approx(alone.scores(labels)[2])


def test_one_class_has_no_suggestion():
    held, _ = world(5, c=1)
    why = compute_breakdown(held, np.zeros(NODES, int), 3)
    assert (why.suggested, why.score, why.factor, why.score_if_all_corrected) == (None, 0.0, 1.0, None)


# ----- the nearest of some -----


def on_a_line(places):
    points = np.asarray(places, np.float32)[:, None]
    away = np.abs(points - points.T)
    np.fill_diagonal(away, np.inf)
    nearest = np.argsort(away, axis=1, kind="stable")[:, :2]
    graph = graph_of(np.zeros((len(points), len(points))))
    return Graph(
        weights=graph.weights, neighbours=nearest.astype(np.int32), distances=np.take_along_axis(away, nearest, 1)
    ), points


def test_the_nearest_are_found_among_neighbors_and_theirs():
    graph, points = on_a_line([0, 1, 2.1, 3.3, 4.6, 6, 7.5])
    everybody = np.ones(7, bool)
    assert select_nearest(graph, points, 0, everybody, limit=9).tolist() == [1, 2, 3]
    assert select_nearest(graph, points, 0, everybody, limit=2).tolist() == [1, 2]
    assert select_nearest(graph, points, 3, np.array([1, 0, 0, 1, 0, 1, 0], bool), limit=9).tolist() == [5]
    assert select_nearest(graph, points, 0, ~everybody, limit=9).tolist() == []


def test_distance_is_measured_as_in_the_graph_and_ties_go_by_row():
    points = np.array([[1, 0], [9, 1], [1, 1], [0, 1], [1, 1]], np.float32)
    graph = graph_of(np.ones((5, 5)) - np.eye(5))
    everybody = np.ones(5, bool)
    assert select_nearest(graph, points, 0, everybody, limit=4).tolist() == [2, 4, 3, 1]
    assert select_nearest(graph, points, 0, everybody, limit=4, metric="cosine").tolist() == [1, 2, 4, 3]


def test_missing_neighbors_are_nobody():
    graph = graph_of([[0, 1, 0], [1, 0, 0], [0, 0, 0]])
    points = np.zeros((3, 2), np.float32)
    assert select_nearest(graph, points, 2, np.ones(3, bool), limit=3).tolist() == []
    assert select_nearest(graph, points, 0, np.ones(3, bool), limit=3).tolist() == [1]
