"""Networks of a given graph, named with ``--model``."""

import subprocess
import sys

import numpy as np
import pytest
from commands import run
from engines import CountingEngine
from planted import blobs
from planted_graph import citations, write_arrays, write_tables
from scipy import sparse

from margin_core import Study, as_model
from margin_core.errors import ModelError
from margin_core.graph_networks import GcnOutputs
from margin_core.storage.engine import Run
from margin_core.study import graph_model, open_source
from margin_core.study.graph_model import compute_gcn_probabilities, with_graph_model
from margin_core.study.notes import NoteKind, texts_of
from margin_core.study.probe_model import MAX_CLASSES


@pytest.fixture(scope="module", autouse=True)
def _installed():
    pytest.importorskip("torch_geometric", reason="torch_geometric is not installed (extra graphs)")


@pytest.fixture(scope="module")
def planted():
    return citations()


@pytest.fixture(scope="module")
def probabilities(planted):
    return compute_gcn_probabilities(planted.study)


def test_labels_are_predicted_by_networks_without_them(planted, probabilities):
    found = probabilities.argmax(axis=1)
    assert (found == planted.truth).mean() > 0.85
    assert (found == planted.truth)[planted.flipped].mean() > 0.6  # the wrong labels were not seen
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-5)


def test_who_fitted_it_is_said_until_other_probabilities_take_its_place(planted, monkeypatch):
    outputs = GcnOutputs(np.full((90, 3), 1 / 3, dtype=np.float32), np.zeros((90, 2), dtype=np.float32))
    monkeypatch.setattr(graph_model, "fit_gcn", lambda *arguments, **options: outputs)
    study, _ = with_graph_model(planted.study, "gcn3", Run())
    assert study.predictor == "a graph convolutional network of 3 layers, fitted by MARGIN"
    assert study.with_labels(planted.truth).predictor == study.predictor
    assert study.replace(probabilities=np.full((90, 3), 1 / 3)).predictor == "" == planted.study.predictor


def test_a_label_plays_no_part_in_its_own_prediction(planted, monkeypatch):
    def fit(features, graph, labels, rows, n_classes, **options):
        seen = np.isin(np.arange(len(labels)), rows)
        return GcnOutputs(np.column_stack([seen, ~seen, ~seen]).astype(np.float32), features)

    monkeypatch.setattr(graph_model, "fit_gcn", fit)
    labels = np.where(np.arange(90) % 9 == 0, -1, planted.study.labels)
    found = compute_gcn_probabilities(planted.study.with_labels(labels))
    assert (found == [0, 1, 1]).all()


def test_the_order_of_nodes_plays_no_part(planted, probabilities):
    study = planted.study
    order = np.random.default_rng(0).permutation(len(study))
    shuffled = Study.build(
        ids=study.ids[order], labels=study.labels[order], class_names=study.class_names,
        embedding=study.embedding[order], graph=sparse.csr_array(study.graph[order][:, order]),
    )  # fmt: skip
    np.testing.assert_allclose(compute_gcn_probabilities(shuffled), probabilities[order], atol=1e-5)


def test_nodes_of_a_group_are_held_out_together(planted):
    study = planted.study
    group = np.array([f"group {row % 10}" for row in range(len(study))])
    grouped = study.replace(columns={"group": group})
    assert (compute_gcn_probabilities(grouped) != compute_gcn_probabilities(study)).any()


@pytest.mark.parametrize("name", ["gcn", "gcn3"])
def test_a_source_is_opened_with_a_network(tmp_path, planted, name):
    opened = open_source(write_arrays(tmp_path / "citations.npz", planted), model=name)
    assert opened.study.out_of_sample and opened.study.probabilities.shape == (90, 3)
    assert any(
        note.startswith(f"Probabilities: a graph convolutional network of {2 + (name == 'gcn3')} layers; ")
        for note in texts_of(opened.notes, NoteKind.READ)
    )


def test_latent_vectors_become_features(tmp_path, planted):
    opened = open_source(write_arrays(tmp_path / "citations.npz", planted), model="vgae")
    assert opened.study.embedding.shape == (90, 16)
    assert opened.study.features == "16 dimensions of a variational graph autoencoder"
    assert opened.study.maybe_probabilities is None


def test_a_table_keeps_its_rows_and_its_own_model(tmp_path, planted):
    nodes, edges = write_tables(tmp_path, planted)
    study = open_source(nodes, edges=edges, model="gcn").study
    assert study.inputs.shape[0] == 90 and study.maybe_model is not None
    assert study.out_of_sample


def test_a_fit_is_stored(planted):
    engine = CountingEngine()
    for _ in range(2):
        with_graph_model(planted.study, "gcn", Run(engine))
        with_graph_model(planted.study, "vgae", Run(engine))
    assert engine.computed == ["gcn", "vgae"]


def test_probabilities_of_the_source_stay(planted):
    brought = np.full((90, 3), 1 / 3)
    study, notes = with_graph_model(planted.study.replace(probabilities=brought), "gcn", Run())
    assert study.probabilities == pytest.approx(brought)
    assert texts_of(notes) == ("Probabilities are those of the source, and not those of 'gcn'.",)


def refusal(study, name="gcn"):
    with pytest.raises(ModelError) as refused:
        with_graph_model(study, name, Run())
    return str(refused.value)


def test_what_a_network_cannot_be_fitted_to(planted):
    graph = sparse.csr_array(np.ones((3, 3)))
    assert refusal(blobs().study, "vgae") == (
        "'vgae' is fitted to the edges of a graph, and 'planted' has none. Name the table that holds them, with "
        "--edges, or leave the model out."
    )
    called = f"'gcn' predicts labels of 2 to {MAX_CLASSES} classes, and 'study'"
    remedies = {
        "has no labels. Name the column that holds them, with --label.": {},
        "has labels of one. Leave the model out.": {"labels": [0, 0, 0]},
        "has 201. Leave the model out.": {"labels": [0, 1, 2], "class_names": [f"c{c}" for c in range(201)]},
    }
    for remedy, labels in remedies.items():
        study = Study.build(embedding=np.eye(3), graph=graph - sparse.eye_array(3), **labels)
        assert refusal(study) == f"{called} {remedy}"


def test_a_network_has_no_weights_to_load():
    with pytest.raises(ModelError, match="'gcn' is fitted to the graph of a study"):
        as_model("gcn")


def test_a_missing_package_ends_the_command_with_a_sentence(tmp_path, planted, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch_geometric.nn", None)
    with pytest.raises(ModelError) as refused:
        open_source(write_arrays(tmp_path / "citations.npz", planted), model="gcn")
    assert str(refused.value) == (
        "Networks on graphs need the package torch_geometric, which is not installed. Run: pip install "
        "'margin-dashboard[graphs]'"
    )


def test_bad_use_ends_with_a_sentence(tmp_path):
    path = tmp_path / "points.npz"
    np.savez(path, embedding=np.eye(6), labels=np.arange(6) % 2)
    ended = run("audit", path, "--model", "gcn", "--out", tmp_path / "out")
    assert ended.returncode == 2 and "has none. Name the table that holds them, with --edges" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_nothing_slow_is_imported_until_a_graph_needs_it():
    code = (
        "import sys, margin_core.study, margin_core.study.graph_model, margin_core.graph_networks; "
        "print([name for name in ('torch', 'torch_geometric', 'networkx', 'umap') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
