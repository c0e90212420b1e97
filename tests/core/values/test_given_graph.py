"""A graph that somebody brings: every form means the same graph, and whatever is changed is said."""

from __future__ import annotations

from types import SimpleNamespace

import networkx as nx
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from margin_core import Study, explain
from margin_core.errors import MarginWarning, MissingPart, SourceError
from margin_core.graph import GivenGraph, Knn
from margin_core.tasks import ContextualOutliers, LabelFlips
from margin_core.values.arrays import frozen

PATH = np.array([[0, 2, 0], [2, 0, 1], [0, 1, 0]], dtype=float)
BOTH_WAYS = np.array([[0, 1, 1, 2], [1, 0, 2, 1]])
WEIGHTS = np.array([2.0, 2.0, 1.0, 1.0])


def networkx_path(*names):
    graph = nx.Graph()
    graph.add_nodes_from(names)
    graph.add_edge(names[0], names[1], weight=2)
    graph.add_edge(names[1], names[2])
    return graph


@pytest.mark.parametrize(
    "graph",
    [
        PATH,
        sparse.coo_array(PATH),
        sparse.csr_matrix(PATH),
        networkx_path("a", "b", "c"),
        networkx_path(0, 1, 2),
        (BOTH_WAYS, WEIGHTS),
        (torch.from_numpy(BOTH_WAYS), torch.from_numpy(WEIGHTS)),
        SimpleNamespace(edge_index=torch.from_numpy(BOTH_WAYS), edge_weight=torch.from_numpy(WEIGHTS)),
        (np.array([[0, 0, 1, 1, 2], [1, 1, 0, 2, 1]]), np.array([1.5, 0.5, 2.0, 1.0, 1.0])),
    ],
    ids=["dense", "coo", "csr", "networkx ids", "networkx rows", "edges", "tensors", "data", "listed twice"],
)
def test_every_form_is_the_same_graph(graph):
    study = Study.build(ids=["a", "b", "c"], graph=graph)
    assert study.maybe_graph.toarray().tolist() == PATH.tolist()
    assert study.parts["graph"] == Study.build(ids=["a", "b", "c"], graph=PATH).parts["graph"]


def test_edges_without_weights_weigh_one():
    assert Study.build(ids=["a", "b", "c"], graph=BOTH_WAYS).maybe_graph.max() == 1


def test_one_way_edges_and_loops_are_said():
    with pytest.warns(MarginWarning) as warned:
        study = Study.build(ids=["a", "b", "c"], graph=np.array([[0, 2, 0], [0, 5, 1], [0, 0, 0]]))
    assert study.maybe_graph.toarray().tolist() == PATH.tolist()
    assert [str(one.message) for one in warned] == [
        "Study 'study': 1 edges from a node to itself are left out of the graph.",
        "Study 'study': 2 edges of the graph have one direction; they count in both.",
    ]


@pytest.mark.parametrize(
    ("graph", "words"),
    [
        (np.ones((3, 5)), "must be a matrix (3, 3) of weights"),
        (sparse.csr_array((4, 4)), "must have one node a sample, (3, 3); got (4, 4)"),
        (frozen(sparse.csr_array((4, 4))), "must have one node a sample, (3, 3); got (4, 4)"),
        (-PATH, "must be finite and not negative; got -2."),
        (PATH * np.nan, "must be finite and not negative"),
        (np.array([[0, 1], [1, 3]]), "names row 3; there are rows 0 to 2."),
        (np.array([[0, -1], [1, 2]]), "names row -1;"),
        ((BOTH_WAYS, WEIGHTS[:2]), "4 edges and weights of shape (2,)"),
        (networkx_path("a", "b", "z"), "node 'z' of the graph is no sample"),
    ],
)
def test_what_is_no_graph_of_the_samples_is_refused_in_one_sentence(graph, words):
    with pytest.raises(SourceError, match=r"^Study 'study': ") as raised:
        Study.build(ids=["a", "b", "c"], graph=graph)
    assert words in str(raised.value)


@pytest.mark.slow
@given(st.integers(0, 2**32 - 1), st.integers(2, 30))
def test_influence_on_a_given_graph_is_the_formula(seed, n):
    rng = np.random.default_rng(seed)
    weights = np.triu(rng.random((n, n)) * (rng.random((n, n)) < 0.4), 1).astype(np.float32)
    weights = weights + weights.T
    values = rng.normal(size=(n, 2))
    study = Study.build(ids=[f"{row}" for row in range(n)], graph=weights, signals={"f": values})
    explanation = explain(ContextualOutliers(graph=GivenGraph(), column="f"), study)
    degree = weights.sum(axis=1, dtype=np.float64)
    mean = weights.astype(np.float64) @ values / np.where(degree > 0, degree, 1)[:, None]
    far = np.where(degree > 0, np.linalg.norm(values - mean, axis=1), 0)
    expected = far / far.max() if far.max() > 0 else far
    connected = degree > 0
    assert explanation.influence.scores[connected] == pytest.approx(expected[connected], abs=1e-6)
    frame = explanation.to_frame()
    assert set(frame.id[frame.role == "unscored"]) == {str(row) for row in np.flatnonzero(~connected)}


def test_labels_are_ranked_by_the_neighbors_of_a_given_graph():
    """Two blocks of a graph that the embedding knows nothing of."""
    rng = np.random.default_rng(1)
    block = np.repeat([0, 1], 40)
    graph = np.triu(rng.random((80, 80)) < np.where(block[:, None] == block, 0.4, 0.02), 1).astype(float)
    labels = block.copy()
    labels[[3, 50]] = 1 - labels[[3, 50]]
    study = Study.build(embedding=rng.normal(size=(80, 3)), labels=labels, graph=graph + graph.T)
    found = explain(LabelFlips(graph=GivenGraph(), method="disagreement"), study).findings
    assert set(found.ids[:2].tolist()) == {"3", "50"}
    by_features = explain(LabelFlips(method="disagreement"), study).findings
    assert set(by_features.ids[:2].tolist()) != {"3", "50"}


def test_a_given_graph_keeps_held_out_samples_from_voting_on_training_samples():
    graph = np.ones((6, 6)) - np.eye(6)
    study = Study.build(
        embedding=np.eye(6), labels=[0, 1] * 3, graph=graph,
        columns={"split": ["train"] * 3 + ["test"] * 3, "group": ["x", "x", "", "", "", ""]},
    )  # fmt: skip
    weights = explain(LabelFlips(graph=GivenGraph()), study).graph.weights.toarray() > 0
    assert weights.astype(int).tolist() == [
        [0, 0, 1, 0, 0, 0],
        [0, 0, 1, 0, 0, 0],
        [1, 1, 0, 0, 0, 0],
        [1, 1, 1, 0, 1, 1],
        [1, 1, 1, 1, 0, 1],
        [1, 1, 1, 1, 1, 0],
    ]


def test_another_graph_is_another_study_and_another_answer():
    one, other = (Study.build(ids=["a", "b", "c"], graph=PATH * by, signals={"f": [1, 2, 4]}) for by in (1, 2))
    assert one.fingerprint != other.fingerprint
    task = ContextualOutliers(graph=GivenGraph(), column="f")
    assert explain(task, one).fingerprint != explain(task, other).fingerprint
    assert task.parameters()["graph"] == "GivenGraph"


@pytest.mark.parametrize(
    ("task", "words"),
    [
        (ContextualOutliers(graph=GivenGraph(), column="f"), "has no graph. Pass graph="),
        (ContextualOutliers(graph=Knn(), column="g"), "has no signal or column of numbers 'g'. There are: f."),
    ],
)
def test_what_is_missing_is_named(task, words):
    study = Study.build(embedding=np.eye(3), signals={"f": [1, 2, 3]})
    with pytest.raises(MissingPart) as raised:
        explain(task, study)
    assert words in str(raised.value)


def test_parts_of_a_study_stay_when_one_is_replaced():
    study = Study.build(ids=["a", "b", "c"], graph=PATH, signals={"f": [1, 2, 4]}, columns={"file": ["x", "y", "z"]})
    other = study.replace(labels=[0, 1, 1], columns={**study.columns, "size": [1, 2, 3]})
    kept = {key: value for key, value in other.parts.items() if key in study.parts and key != "class_names"}
    assert kept == {key: value for key, value in study.parts.items() if key != "class_names"}
    assert set(other.parts) - set(study.parts) == {"labels", "column size"}
    assert other.maybe_graph is study.maybe_graph


@pytest.mark.parametrize("scale", [1e35, 1e-35])
def test_weights_that_single_precision_cannot_tell_apart_are_refused(scale):
    weights = scale * (np.ones((3, 3)) - np.eye(3))
    with pytest.raises(SourceError, match="weights of the graph must lie between 1e-30 and 1e\\+30"):
        Study.build(ids=["a", "b", "c"], graph=weights)
