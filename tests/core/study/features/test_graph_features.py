"""The spectral embedding of graphs whose communities are planted."""

import numpy as np
import pytest
from scipy import sparse

from margin_core.study.features.graph_features import MAX_DIMENSIONS, compute_graph_features

N = 120


@pytest.fixture
def communities():
    rng = np.random.default_rng(0)
    member = np.arange(N) // 40
    upper = np.triu(rng.random((N, N)) < np.where(member[:, None] == member, 0.3, 0.02), 1)
    graph = sparse.csr_array(upper.astype(np.float32))
    return member, sparse.csr_array(graph + graph.T)


def test_nodes_of_a_community_lie_together(communities):
    member, graph = communities
    points = compute_graph_features(graph)[:, :3]
    alike = points @ points.T
    same = member[:, None] == member
    assert alike[same].mean() > 5 * abs(alike[~same].mean())


def test_rows_have_length_one_and_nodes_without_edges_none(communities):
    _, graph = communities
    apart = sparse.block_diag([graph, sparse.csr_array((2, 2))], format="csr")
    points = compute_graph_features(sparse.csr_array(apart))
    assert points.shape == (N + 2, MAX_DIMENSIONS) and points.dtype == np.float32
    assert np.linalg.norm(points, axis=1) == pytest.approx([*[1] * N, 0, 0], abs=1e-5)


def test_small_components_take_no_dimension_for_themselves(communities):
    _, graph = communities
    pair = sparse.csr_array(np.array([[0, 1], [1, 0]], dtype=np.float32))
    many = sparse.csr_array(sparse.block_diag([graph, *[pair] * 40], format="csr"))
    alone, beside = compute_graph_features(graph)[:, :2], compute_graph_features(many)[:N, :2]
    assert np.abs(alone @ alone.T - beside @ beside.T).mean() < 0.2


def test_the_same_graph_has_the_same_features_whatever_was_computed_before(communities):
    _, graph = communities
    first = compute_graph_features(graph)
    np.random.default_rng().random(10)
    assert np.array_equal(first, compute_graph_features(graph))


@pytest.mark.parametrize("n", [1, 2, 5, MAX_DIMENSIONS + 1, MAX_DIMENSIONS + 2])
def test_graphs_of_few_nodes(n):
    ring = sparse.csr_array(np.roll(np.eye(n, dtype=np.float32), 1, axis=1) * (n > 1))
    points = compute_graph_features(sparse.csr_array(ring.maximum(ring.T)))
    assert points.shape == (n, min(n, MAX_DIMENSIONS)) and np.isfinite(points).all()
