"""Networks on citation graphs beside the figures that Kipf and Welling published of theirs.

    python benchmarks/graph_networks.py --graphs FOLDER

The graph convolutional network is fitted to all labels of the training set (20 a class) without early stopping, and
judged by the 1,000 nodes of the test set. The autoencoder is fitted to 85 % of the edges, and judged by whether 10 % of
them come before as many pairs of nodes that are not joined.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from citations import Citations, add_folder, citation_graphs
from numpy.typing import NDArray
from pages import keep
from record import Line, Part, Table, Watch, plain
from scipy import sparse
from sklearn.metrics import roc_auc_score

from margin_core.graph_networks import fit_gcn, fit_vgae

SEEDS = tuple(range(10))
ACCURACIES = {"Cora": 0.815, "Citeseer": 0.705}
TOLERANCE = 0.015
PUBLISHED = {"Cora": (0.815, 0.914), "Citeseer": (0.703, 0.908)}
"""Accuracy of two layers and area under the curve of the autoencoder, in the papers."""
TRAINED_EDGES, JUDGED_EDGES = 0.85, 0.10


def accuracy(graph: Citations, layers: int, seed: int) -> float:
    outputs = fit_gcn(graph.words, graph.graph, graph.labels, graph.train, graph.n_classes, layers=layers, seed=seed)
    return float((outputs.probabilities.argmax(axis=1) == graph.labels)[graph.test].mean())


def link_auc(graph: Citations, seed: int) -> float:
    """Return how well an autoencoder tells edges that it has not seen from pairs at random."""
    rng = np.random.default_rng(seed)
    n = len(graph.labels)
    edges = np.column_stack(sparse.triu(graph.graph, 1).nonzero())[rng.permutation(graph.graph.nnz // 2)]
    trained, judged = (int(share * len(edges)) for share in (TRAINED_EDGES, JUDGED_EDGES))
    one_way = sparse.csr_array((np.ones(trained, np.float32), edges[:trained].T), shape=(n, n))
    latent = fit_vgae(graph.words, sparse.csr_array(one_way + one_way.T), seed=seed)
    pairs = rng.integers(n, size=(3 * judged, 2))
    joined = np.asarray(graph.graph[pairs[:, 0], pairs[:, 1]]).ravel() > 0
    others = pairs[(pairs[:, 0] != pairs[:, 1]) & ~joined][:judged]
    held_out = edges[trained : trained + judged]

    def similarity(ends: NDArray[np.int64]) -> NDArray[np.float32]:
        return (latent[ends[:, 0]] * latent[ends[:, 1]]).sum(axis=1)

    truth = np.repeat([1, 0], [len(held_out), len(others)])
    return float(roc_auc_score(truth, np.concatenate([similarity(held_out), similarity(others)])))


def measure(folder: Path, seeds: Sequence[int]) -> Part:
    watch = Watch(", ".join(map(str, seeds)))
    rows: dict[str, list[tuple[float, float | None] | None]] = {}
    lines = []
    names = []
    for graph in citation_graphs(folder):
        names.append(graph.name)
        found = {
            "graph convolutions, 2 layers: accuracy": [accuracy(graph, 2, seed) for seed in seeds],
            "graph convolutions, 3 layers: accuracy": [accuracy(graph, 3, seed) for seed in seeds],
            "autoencoder: area under the curve": [link_auc(graph, seed) for seed in seeds],
        }
        for name, values in found.items():
            rows.setdefault(name, []).append((float(np.mean(values)), float(np.std(values))))
        two = found["graph convolutions, 2 layers: accuracy"]
        lines.append(Line.of(f"{graph.name}: accuracy of 2 layers", two, "", "on the 1,000 nodes of the test set."))
        lines.append(
            Line(
                f"{graph.name}: distance of the mean accuracy from {ACCURACIES[graph.name]}",
                abs(float(np.mean(two)) - ACCURACIES[graph.name]), "",
                "of 2 layers; the figure that the reference implementation reaches.", len(seeds), target=TOLERANCE,
            )
        )  # fmt: skip
    rows["2 layers, Kipf and Welling 2017"] = [(PUBLISHED[name][0], None) for name in names]
    rows["autoencoder, Kipf and Welling 2016"] = [(PUBLISHED[name][1], None) for name in names]
    return Part(
        "graph_networks",
        "Networks on given graphs",
        "Cora and Citeseer with the split of Planetoid (Sen et al. 2008; Yang, Cohen, Salakhutdinov 2016): "
        "graph convolutional networks of 16 filters, fitted to 20 labels a class (dropout .5, L2 penalty 5e-4 on the "
        "first layer, Adam of rate .01, 200 passes, no early stopping), and a variational graph autoencoder (32 and 16 "
        "dimensions, 200 passes), fitted to 85 % of the edges and judged by 10 % of them.",
        tuple(lines),
        (Table("Mean and standard deviation over the seeds", tuple(names), rows, "Published figures are means."),),
        watch.circumstances(),
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    parser.add_argument("--dry", action="store_true", help="print only, keep nothing")
    add_folder(parser)
    asked = parser.parse_args()
    if asked.graphs is None:
        print("Citation graphs were left out: name their folder with --graphs.")
    else:
        part = measure(Path(asked.graphs), asked.seeds)
        print(plain(part))
        if not asked.dry:
            keep(part)
