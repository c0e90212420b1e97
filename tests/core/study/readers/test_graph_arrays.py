"""Arrays that describe a graph, in the forms in which citation graphs and PyTorch Geometric's data are saved."""

import numpy as np
import pytest
from scipy import sparse

from margin_core.errors import SourceError
from margin_core.study import open_source
from margin_core.study.notes import NoteKind, texts_of

N = 8
EDGES = np.array([[0, 1], [1, 2], [2, 3], [4, 5], [5, 6]])
LABELS = np.array([0, 0, 1, 1, 0, 0, 1, -1])


@pytest.fixture
def words():
    return sparse.random_array((N, 20), density=0.3, rng=np.random.default_rng(0), format="csr", dtype=np.float32)


@pytest.fixture
def save(tmp_path):
    def npz(**arrays):
        path = (tmp_path / "graph.npz").resolve()
        np.savez(path, **arrays)
        return path

    return npz


def in_rows(name, matrix):
    parts = {"data": matrix.data, "indices": matrix.indices, "indptr": matrix.indptr, "shape": np.array(matrix.shape)}
    return {f"{name}_{part}": array for part, array in parts.items()}


def joined(study):
    return {(one, other) for one, other in zip(*study.graph.nonzero(), strict=True) if one < other}


def refusal(path):
    with pytest.raises(SourceError) as refused:
        open_source(path)
    return str(refused.value).replace(str(path), path.name)


@pytest.mark.parametrize(
    "edges",
    [{"edges": EDGES}, {"edges": EDGES.T.copy()}, {"edge_index": np.hstack([EDGES.T, EDGES[:, ::-1].T])},
     {"edge_list": EDGES.astype(np.uint8)}],
    ids=["pairs", "two rows", "edge_index", "bytes"],
)  # fmt: skip
def test_edges_by_row_number(save, words, edges):
    study = open_source(save(**edges, **in_rows("x", words), labels=LABELS)).study
    assert joined(study) == set(map(tuple, EDGES.tolist()))
    assert study.embedding == pytest.approx(words.toarray())


@pytest.mark.parametrize("name", ["words", "x_names", "attr_names"])
@pytest.mark.parametrize("write", [np.asarray, lambda names: np.char.encode(names, "utf-8")], ids=["text", "bytes"])
def test_names_of_words_say_what_is_in_each_node(save, name, write):
    counts = sparse.csr_array(np.array([[1, 1, 0], [1, 0, 2]] + [[1, 0, 0]] * (N - 3) + [[0, 0, 0]], dtype=np.float32))
    source = save(edges=EDGES, **in_rows("x", counts), labels=LABELS, **{name: write(["graph", "kernel", "n\u00f8de"])})
    opened = open_source(source)
    assert opened.study.columns["words"].tolist() == ["kernel, graph", "n\u00f8de, graph", *["graph"] * (N - 3), ""]
    said = f"'{name}' is read as the words that 'x' counts: those of each sample are shown."
    assert said in texts_of(opened.notes, NoteKind.ASSUMPTION)


def test_names_that_are_not_those_of_the_features_are_left_out(save, words):
    opened = open_source(save(edges=EDGES, **in_rows("x", words), labels=LABELS, words=np.array(["a", "b"])))
    assert "words" not in opened.study.columns
    assert "1 array left out, not one value a sample (words)." in texts_of(opened.notes)


def test_an_adjacency_matrix(save, words):
    adjacency = sparse.csr_array((np.full(5, 2.0), EDGES.T), shape=(N, N))
    opened = open_source(save(**in_rows("adj", adjacency), **in_rows("attr", words), labels=LABELS))
    assert joined(opened.study) == set(map(tuple, EDGES.tolist())) and set(opened.study.graph.data) == {2}
    assert "'attr', in compressed rows, is read as embedding." in texts_of(opened.notes)


def test_two_edges_are_read_the_way_they_are_named(save, words):
    two = np.array([[0, 1], [2, 3]])
    assert joined(open_source(save(edges=two, **in_rows("x", words))).study) == {(0, 1), (2, 3)}
    assert joined(open_source(save(edge_index=two, **in_rows("x", words))).study) == {(0, 2), (1, 3)}


@pytest.mark.parametrize("form", ["rows", "masks"])
def test_splits(save, words, form):
    rows = {"train": np.array([0, 1]), "val": np.array([2]), "test": np.array([5, 6])}
    masks = {split: np.isin(np.arange(N), some) for split, some in rows.items()}
    splits = (
        {f"idx_{split}": some for split, some in rows.items()}
        if form == "rows"
        else {f"{split}_mask": mask for split, mask in masks.items()}
    )
    opened = open_source(save(edges=EDGES, **in_rows("x", words), labels=LABELS, **splits))
    assert opened.study.columns["split"].tolist() == ["train", "train", "val", "", "", "test", "test", ""]
    assert set(opened.study.columns) == {"split"}


def test_weights(save, words):
    weights = np.arange(1.0, 6)
    study = open_source(save(edges=EDGES, edge_weight=weights, **in_rows("x", words))).study
    assert sorted(study.graph.data[: len(weights) * 2].tolist()) == sorted([*weights, *weights])


def test_edges_alone_are_nodes_by_number(save):
    study = open_source(save(edges=EDGES)).study
    assert len(study) == 7 and study.ids.tolist() == [str(row) for row in range(7)]
    assert study.features.startswith("position in the graph")


def test_labels_and_edges_alone(save):
    opened = open_source(save(edges=EDGES, labels=LABELS))
    assert opened.study.embedding.shape == (N, N) and not opened.study.embedding[7].any()
    assert "1 node has no edge" in " ".join(texts_of(opened.notes, NoteKind.READ))


def test_arrays_without_edges_are_read_as_ever(save):
    study = open_source(save(embedding=np.eye(4), labels=np.arange(4), idx_train=np.array([0, 1]))).study
    assert study.maybe_graph is None and "split" not in study.columns


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"edges": EDGES + 2},
         "'graph.npz': an edge names the node 8, and there are nodes 0 to 7. Number the nodes from 0, in the order of "
         "the samples, or leave that edge out."),
        ({"edges": EDGES.astype(float)},
         "'graph.npz': 'edges' must be row numbers, a pair for each edge, of shape (edges, 2) or (2, edges); got "
         "float64 (5, 2). Convert it and save again."),
        ({"edges": np.arange(6)},
         "'graph.npz': 'edges' must be row numbers, a pair for each edge, of shape (edges, 2) or (2, edges); got "
         "int64 (6,). Convert it and save again."),
        ({"edges": EDGES, "edge_weight": np.ones(4)},
         "'graph.npz': 'edge_weight' must be one number for each of 5 edges; got float64 (4,). Save it again, or leave "
         "it out."),
        ({"edges": EDGES, "edge_weight": np.array([1, 1, 1, np.nan, 1])},
         "'graph.npz': weights of edges must be finite and not negative; got nan. Leave that edge out, or give it "
         "another weight."),
    ],
    ids=["unknown node", "no numbers of rows", "no pairs", "too few weights", "a missing weight"],
)  # fmt: skip
def test_what_is_no_graph(save, arrays, message):
    assert refusal(save(embedding=np.eye(N), labels=LABELS, **arrays)) == message


def test_rows_that_are_no_matrix(save, words):
    damaged = in_rows("x", words) | {"x_indices": words.indices + 50}
    assert "'x_data', 'x_indices' and 'x_indptr' are no matrix in compressed rows" in refusal(
        save(edges=EDGES, labels=LABELS, **damaged)
    )
