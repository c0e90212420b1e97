"""Features averaged over a given graph, and when a probe is fitted on them."""

import numpy as np
import pytest
from planted_graph import citations
from scipy import sparse

from margin_core import Study
from margin_core.domain import every_sample
from margin_core.graph import GivenGraph, build_graph
from margin_core.probe.graph_smoothing import smooth_features
from margin_core.probe.trust_weighted import fit_trust_weighted_probe


def fit(study):
    domain, recipe = every_sample(study), GivenGraph()
    return fit_trust_weighted_probe(study, domain, build_graph(recipe, domain), recipe)


def accuracy(study, truth):
    return (fit(study).probabilities.argmax() == truth).mean()


def test_the_mean_of_a_complete_graph():
    complete = sparse.csr_array(np.ones((3, 3), dtype=np.float32) - np.eye(3, dtype=np.float32))
    features = np.array([[1.0], [2], [6]], dtype=np.float32)
    assert smooth_features(features, complete, 1) == pytest.approx(np.full((3, 1), 3))


def test_two_steps_are_the_square_of_one():
    study = citations().study
    own = study.graph.toarray() + np.eye(len(study))
    step = own / np.sqrt(own.sum(axis=1)[:, None] * own.sum(axis=1))
    assert smooth_features(study.embedding, study.graph) == pytest.approx(step @ step @ study.embedding, abs=1e-4)


def test_nodes_without_neighbors_keep_their_features_and_those_without_features_have_none():
    pair = sparse.csr_array((np.ones(2, np.float32), ([0, 1], [1, 0])), shape=(3, 3))
    features = np.array([[1.0, 1], [np.nan, 1], [5, 7]], dtype=np.float32)
    smooth = smooth_features(features, pair)
    assert np.isnan(smooth[1]).all() and smooth[2].tolist() == [5, 7]
    assert smooth[0] == pytest.approx([0.5, 0.5])


def test_a_probe_on_a_given_graph_learns_from_neighbors():
    planted = citations(flips=0, isolated=0)
    study = planted.study
    alone = Study.build(
        ids=study.ids, embedding=study.embedding, labels=study.labels, class_names=study.class_names,
        graph=sparse.csr_array(study.graph.shape),
    )  # fmt: skip
    assert accuracy(study, planted.truth) > accuracy(alone, planted.truth) + 0.05


def test_edges_that_say_nothing_of_the_labels_do_no_harm():
    study = citations(flips=0).study
    order = np.random.default_rng(0).permutation(len(study))
    unrelated = study.replace(graph=sparse.csr_array(study.graph[order][:, order]))
    alone = study.replace(graph=sparse.csr_array(study.graph.shape))
    np.testing.assert_allclose(fit(unrelated).first.values, fit(alone).first.values, atol=1e-6)
