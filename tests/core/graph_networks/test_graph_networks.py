"""Networks on two communities of nodes, and what they promise whatever they are fitted to."""

import sys

import numpy as np
import pytest
from scipy import sparse

from margin_core.errors import Cancelled, ModelError
from margin_core.graph_networks import fit_gcn, fit_vgae
from margin_core.graph_networks.layers import MEAN_SQUARED_LENGTH, to_adjacency, to_features

N = 60


@pytest.fixture(scope="module", autouse=True)
def _installed():
    pytest.importorskip("torch_geometric", reason="torch_geometric is not installed (extra graphs)")


@pytest.fixture(scope="module")
def communities():
    """Two communities of 30 nodes: labels, adjacency, and features of which one tells them apart, roughly."""
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], N // 2)
    chance = np.where(labels[:, None] == labels, 0.3, 0.02)
    upper = sparse.csr_array(np.triu(rng.random((N, N)) < chance, 1).astype(np.float32))
    return labels, upper + upper.T, rng.random((N, 5)).astype(np.float32) + labels[:, None] * (np.arange(5) == 0)


def test_few_labels_tell_communities_apart(communities):
    labels, graph, features = communities
    rows = np.array([0, 1, 30, 31])
    for given, layers in ((features, 2), (None, 2), (None, 3)):
        outputs = fit_gcn(given, graph, labels, rows, 2, layers=layers)
        assert np.mean(outputs.probabilities.argmax(axis=1) == labels) > 0.9
        assert np.allclose(outputs.probabilities.sum(axis=1), 1, atol=1e-5)
        assert outputs.probabilities.dtype == np.float32 and outputs.hidden.shape == (N, 16)


def test_labels_of_other_nodes_are_not_read(communities):
    labels, graph, features = communities
    rows = np.array([0, 1, 30, 31])
    hidden = np.where(np.isin(np.arange(N), rows), labels, -1)
    given = fit_gcn(features, graph, labels, rows, 2, epochs=5).probabilities
    assert np.array_equal(given, fit_gcn(features, graph, hidden, rows, 2, epochs=5).probabilities)


def test_a_seed_decides_all_and_other_random_numbers_nothing(communities):
    import torch

    labels, graph, features = communities
    fits = (
        lambda seed: fit_gcn(features, graph, labels, np.arange(N), 2, epochs=5, seed=seed).probabilities,
        lambda seed: fit_vgae(features, graph, epochs=5, seed=seed),
    )
    for fit in fits:
        first = fit(0)
        torch.rand(3)
        assert np.array_equal(first, fit(0))
        assert not np.array_equal(first, fit(1))


def test_a_label_that_counts_nothing_is_as_one_left_out(communities):
    labels, graph, features = communities
    rows = np.array([0, 1, 30, 31, 40])
    wrong = np.where(np.arange(N) == 40, 0, labels)
    ignored = fit_gcn(features, graph, wrong, rows, 2, weights=[1, 1, 1, 1, 0], epochs=30).probabilities
    assert np.allclose(ignored, fit_gcn(features, graph, labels, rows[:4], 2, epochs=30).probabilities, atol=1e-5)


def test_latent_vectors_tell_which_nodes_are_joined(communities):
    labels, graph, features = communities
    latent = fit_vgae(features, graph)
    alike = latent @ latent.T
    same = labels[:, None] == labels
    assert latent.shape == (N, 16) and latent.dtype == np.float32
    assert alike[same].mean() > alike[~same].mean() + 1


def test_isolated_nodes_and_graphs_without_edges_are_no_obstacle(communities):
    labels, graph, features = communities
    alone = sparse.csr_array((N, N), dtype=np.float32)
    for none in (alone, sparse.csr_array(graph * (np.arange(N) > 0)[:, None] * (np.arange(N) > 0))):
        assert np.isfinite(fit_gcn(features, none, labels, np.arange(N), 2, epochs=3).probabilities).all()
        assert np.isfinite(fit_vgae(features, none, epochs=3)).all()


def test_missing_values_and_empty_rows_count_as_nothing(communities):
    labels, graph, features = communities
    holes = features.copy()
    holes[0], holes[1, 2] = np.nan, np.inf
    filled = np.where(np.isfinite(holes), holes, 0)
    found = fit_gcn(holes, graph, labels, np.arange(N), 2, epochs=3).probabilities
    assert np.array_equal(found, fit_gcn(filled, graph, labels, np.arange(N), 2, epochs=3).probabilities)


def test_features_are_the_same_sparse_and_dense(communities):
    _, _, features = communities
    few = np.where(features > 1, features, 0)
    for scaled in ("rows", "whole"):
        dense, thin = to_features(features, N, scaled=scaled), to_features(few, N, scaled=scaled)
        assert thin.is_sparse and not dense.is_sparse
        assert np.array_equal(thin.to_dense(), to_features(sparse.csr_array(few), N, scaled=scaled).to_dense())
        np.testing.assert_allclose(dense, to_features(1000 * features, N, scaled=scaled), rtol=1e-5)


def test_rows_are_scaled_alone_or_as_a_whole(communities):
    _, _, features = communities
    assert to_features(features, N, scaled="rows").sum(dim=1).numpy() == pytest.approx(np.ones(N))
    whole = to_features(features, N, scaled="whole").numpy()
    assert (whole**2).sum(axis=1).mean() == pytest.approx(MEAN_SQUARED_LENGTH)
    assert whole / whole[0, 0] == pytest.approx(features / features[0, 0], rel=1e-4)


def test_the_adjacency_is_that_of_kipf_and_welling(communities):
    _, graph, _ = communities
    own = graph.toarray() + np.eye(N)
    expected = own / np.sqrt(own.sum(axis=1)[:, None] * own.sum(axis=1))
    assert to_adjacency(graph).to_dense().numpy() == pytest.approx(expected, abs=1e-6)


def test_progress_stops_a_fit(communities):
    labels, graph, features = communities

    def stop(fraction, text):
        assert fraction == 0 and "60 nodes" in text
        raise Cancelled

    with pytest.raises(Cancelled):
        fit_gcn(features, graph, labels, np.arange(N), 2, progress=stop)
    with pytest.raises(Cancelled):
        fit_vgae(features, graph, progress=stop)


def test_a_missing_package_is_one_sentence_with_its_command(communities, monkeypatch):
    labels, graph, features = communities
    monkeypatch.setitem(sys.modules, "torch_geometric.nn", None)
    with pytest.raises(ModelError, match=r"pip install 'margin-dashboard\[graphs\]'"):
        fit_gcn(features, graph, labels, np.arange(N), 2)
