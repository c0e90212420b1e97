"""Wrong labels of the nodes of a graph: the default for graph studies beside neighbors, cleanlab and networks.

    python benchmarks/noisy_graph.py --graphs FOLDER

A tenth of all labels is wrong: by a class at random, or by the class whose papers are most often cited from its own.
Whatever predicts a label has not seen it: networks are cross-validated in five folds, with all nodes and edges.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from citations import Citations, add_folder, citation_graphs
from numpy.typing import NDArray
from pages import keep
from record import Cell, Line, Part, Table, Watch, plain
from scipy import sparse
from sklearn.metrics import average_precision_score

from margin_core import Study, explain
from margin_core.graph import GivenGraph, Knn
from margin_core.storage.engine import MemoryEngine, Run
from margin_core.study.graph_model import compute_gcn_probabilities
from margin_core.tasks import LabelFlips

SEEDS = tuple(range(5))
SHARE = 0.1
KINDS = ("uniform", "confusable")
GIVEN = GivenGraph()
DEFAULT = "the default for graph studies"
DISAGREEMENT = "neighbor disagreement"
CLEANLAB = {
    "self-confidence (cleanlab), network": LabelFlips(graph=GIVEN, method="self_confidence"),
    "normalized margin (cleanlab), network": LabelFlips(graph=GIVEN, method="normalised_margin"),
}
WITHOUT_NETWORK = {
    DEFAULT: LabelFlips(graph=GIVEN),
    DISAGREEMENT: LabelFlips(graph=GIVEN, method="disagreement"),
    "MARGIN as printed, given graph": LabelFlips(graph=GIVEN, method="margin"),
    "MARGIN, sign kept, given graph": LabelFlips(graph=GIVEN, method="margin_signed"),
    "trust-weighted probe alone": LabelFlips(graph=GIVEN, method="trusted_refit"),
    "the default for tables: nearest by features": LabelFlips(graph=Knn(k=20)),
}
WITH_NETWORK = {"the default with --model gcn": LabelFlips(graph=GIVEN), **CLEANLAB}


def flipped(graph: Citations, kind: str, seed: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return labels of which a tenth is wrong, and which."""
    rng = np.random.default_rng(seed)
    labeled = np.flatnonzero(graph.labels >= 0)
    rows = rng.choice(labeled, round(SHARE * len(labeled)), replace=False)
    labels = graph.labels.copy()
    if kind == "uniform":
        labels[rows] = (labels[rows] + rng.integers(1, graph.n_classes, len(rows))) % graph.n_classes
    else:
        labels[rows] = most_cited(graph)[labels[rows]]
    return labels, labels != graph.labels


def most_cited(graph: Citations) -> NDArray[np.int64]:
    """Return for each class the other class that most edges join it to."""
    edges = sparse.coo_array(graph.graph)
    between = np.zeros((graph.n_classes, graph.n_classes))
    one, other = graph.labels[edges.row], graph.labels[edges.col]
    known = (one >= 0) & (other >= 0)
    np.add.at(between, (one[known], other[known]), 1)
    np.fill_diagonal(between, -1)
    return between.argmax(axis=1)


def draw(graph: Citations, kind: str, seed: int) -> dict[str, float]:
    """Return the average precision of each ranking on one draw of wrong labels."""
    labels, wrong = flipped(graph, kind, seed)
    names = [f"class {number}" for number in range(graph.n_classes)]
    study = Study.build(embedding=graph.words.toarray(), labels=labels, class_names=names, graph=graph.graph)
    with_network = study.replace(probabilities=compute_gcn_probabilities(study, run=Run(MemoryEngine())))
    found = {}
    for recipes, judged in ((WITHOUT_NETWORK, study), (WITH_NETWORK, with_network)):
        engine = MemoryEngine()
        for name, recipe in recipes.items():
            explanation = explain(recipe, judged, engine=engine)
            scores = np.zeros(len(study))
            scores[explanation.rows] = explanation.findings.scores
            labeled = labels >= 0
            found[name] = float(average_precision_score(wrong[labeled], scores[labeled]))
    return found


def measure(folder: Path, seeds: Sequence[int]) -> Part:
    watch = Watch(", ".join(map(str, seeds)))
    graphs = list(citation_graphs(folder))
    columns = [(graph, kind) for graph in graphs for kind in KINDS]
    draws = {(graph.name, kind): [draw(graph, kind, seed) for seed in seeds] for graph, kind in columns}
    titles = tuple(f"{graph.name}, {kind}" for graph, kind in columns)
    methods = list(next(iter(draws.values()))[0])
    rows: dict[str, list[Cell | None]] = {
        method: [
            (float(np.mean([one[method] for one in found])), float(np.std([one[method] for one in found])))
            for found in draws.values()
        ]
        for method in methods
    }
    lines = []
    for title, found in zip(titles, draws.values(), strict=True):
        ours = np.array([one[DEFAULT] for one in found])
        peers = {
            DISAGREEMENT: np.array([one[DISAGREEMENT] for one in found]),
            "the better of cleanlab's two": np.max([[one[name] for one in found] for name in CLEANLAB], axis=0),
        }
        for name, theirs in peers.items():
            lines.append(
                Line(
                    f"{title}: the default ahead of {name}", float((ours - theirs).mean()), "",
                    "in average precision, mean of the draws; of cleanlab's two the better one of each draw, on the "
                    "out-of-sample probabilities of a graph convolutional network.",
                    len(seeds), target=0.0 if title.startswith("Cora") else None, at_least=True,
                )
            )  # fmt: skip
    return Part(
        "noisy_graph",
        "Wrong labels in a graph",
        "Cora and Citeseer, 10 % of all labels wrong: uniform, by another class at random; confusable, by the class to "
        "which most edges of its own lead. Networks are graph convolutional networks of 2 layers, cross-validated in 5 "
        "folds (`--model gcn`).",
        tuple(lines),
        (Table("Average precision of the wrong labels", titles, rows, "Mean and standard deviation over the draws."),),
        watch.circumstances(),
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    parser.add_argument("--dry", action="store_true", help="print only, keep nothing")
    add_folder(parser)
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    if asked.graphs is None:
        print("Citation graphs were left out: name their folder with --graphs.")
    else:
        part = measure(Path(asked.graphs), asked.seeds)
        print(plain(part))
        if not asked.dry:
            keep(part)
