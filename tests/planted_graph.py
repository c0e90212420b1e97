"""A stochastic block model with planted label errors: a study, an ``.npz``, a table of nodes and one of edges."""

from __future__ import annotations

import csv

import numpy as np
from planted import Planted
from scipy import sparse

from margin_core import Study

CLASSES = ("theory", "networks", "genetics")


def citations(*, each=30, flips=8, inside=0.2, between=0.01, isolated=2, words=True, seed=0, **parts) -> Planted:
    """Make a graph of three communities, whose nodes have words that say a little of their class, and wrong labels."""
    rng = np.random.default_rng(seed)
    truth = np.repeat(np.arange(len(CLASSES)), each)
    n = len(truth)
    upper = np.triu(rng.random((n, n)) < np.where(truth[:, None] == truth, inside, between), 1)
    alone = rng.choice(n, isolated, replace=False)
    upper[alone], upper[:, alone] = False, False
    graph = sparse.csr_array((upper | upper.T).astype(np.float32))
    joined = np.setdiff1d(np.flatnonzero(np.diff(graph.indptr) > 1), alone)
    flipped = np.sort(rng.choice(joined, flips, replace=False))
    labels = truth.copy()
    labels[flipped] = (labels[flipped] + rng.integers(1, len(CLASSES), flips)) % len(CLASSES)
    likely = np.where(np.arange(30) // 10 == truth[:, None], 0.3, 0.12)
    features = (rng.random((n, 30)) < likely).astype(np.float32) if words else None
    ids = np.array([f"paper {row:03}" for row in range(n)])
    study = Study.build(
        name="citations", ids=ids, labels=labels, class_names=CLASSES, embedding=features, graph=graph, **parts
    )
    return Planted(study, truth, flipped)


def write_arrays(path, planted):
    """Write a graph as the arrays of an ``.npz``."""
    study = planted.study
    np.savez(
        path, edges=_edges(study), ids=study.ids, labels=study.labels, class_names=np.array(CLASSES),
        **({} if study.maybe_embedding is None else {"embedding": study.embedding}),
    )  # fmt: skip
    return path


def write_counts(path, planted, labeled):
    """Write a graph whose nodes are counts of words, as citation graphs are saved, with the labels of some of them."""
    study = planted.study
    counts = sparse.csr_array(study.embedding)
    np.savez(
        path, edges=_edges(study), ids=study.ids, labels=np.where(labeled, planted.truth, -1),
        class_names=np.array(CLASSES), x_data=counts.data, x_indices=counts.indices, x_indptr=counts.indptr,
        x_shape=np.array(counts.shape), words=np.array([f"word{column}" for column in range(counts.shape[1])]),
    )  # fmt: skip
    return path


def write_tables(folder, planted):
    """Write ``nodes.csv`` and ``edges.csv``, and return their paths."""
    study = planted.study
    nodes, edges = folder / "nodes.csv", folder / "edges.csv"
    with nodes.open("w", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["id", "label", "year", "journal"])
        for row, (name, label) in enumerate(zip(study.ids.tolist(), study.labels.tolist(), strict=True)):
            rows.writerow([name, CLASSES[label], 1990 + (7 * row) % 30, ["A", "B", "C", "D"][row % 4]])
    with edges.open("w", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["citing", "cited"])
        rows.writerows(study.ids[_edges(study)].tolist())
    return nodes, edges


def _edges(study):
    entries = study.graph.tocoo()
    return np.column_stack([entries.row, entries.col])[entries.row < entries.col]
