"""What to label next: accuracy by the number of labels, of each strategy, on two citation graphs and three studies."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np
from batched_gcn import fit_many
from pages import keep
from record import RESULTS, Cell, Line, Part, Table, Watch, plain
from scipy import sparse, stats
from serving import BUNDLED
from threadpoolctl import threadpool_limits

from margin_core import Study
from margin_core.graph import GivenGraph
from margin_core.graph_networks import fit_gcn, fit_vgae
from margin_core.storage.archive import read_npz
from margin_core.study import open_source
from margin_core.tasks import ActiveSampling
from margin_core.tasks.active_sampling import STRATEGIES, simulate_curves
from margin_core.tasks.active_sampling.simulation import LEFT_OUT, LabelingSimulation
from margin_core.values import Ints

SEEDS = tuple(range(10))
FIGURE_SEEDS = SEEDS[:3]
GRAPHS = ("cora", "citeseer")
STUDIES = ("digits", "fashion", "trashnet")
FIGURE_SIZES = (10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120)
SIZES = (20, 40, 60, 80, 100, 140, 200)
FEW = (20, 40, 60)
OURS, TYPICAL, COVER, BALANCED = "influence_coverage", "typiclust", "probcover", "balanced_random"
FIGURE = ("influence", "random", BALANCED, "probabilistic_resampling", "k_center", TYPICAL, OURS)
AT_ONCE = 30
PLOT = Path(__file__).resolve().parent.parent / "docs" / "benchmarks" / "active_sampling.png"
KNOWN_CLASSES = "random, balanced over true classes"


@dataclass(frozen=True, eq=False)
class CitationGraph:
    """A citation graph with its standard split."""

    name: str
    study: Study
    train: Ints
    validation: Ints
    test: Ints

    @classmethod
    def read(cls, folder: Path, name: str) -> CitationGraph:
        """Read the arrays of a Planetoid split."""
        with np.load(folder / f"{name}.npz") as found:
            shape = tuple(int(one) for one in found["x_shape"])
            features = sparse.csr_array((found["x_data"], found["x_indices"], found["x_indptr"]), shape=shape)
            edges, labels = found["edges"].astype(np.int64), found["labels"].astype(np.int64)
            parts = [found[f"idx_{part}"] for part in ("train", "val", "test")]
        edges = edges[edges[:, 0] != edges[:, 1]]
        ends = np.concatenate([edges, edges[:, ::-1]])
        graph = sparse.csr_array((np.ones(len(ends), np.float32), ends.T), shape=(shape[0], shape[0]))
        graph.data[:] = 1
        study = Study.build(name=name, embedding=features.toarray(), labels=labels, graph=graph)
        return cls(name, study, *parts)

    @property
    def others(self) -> Ints:
        """The labeled nodes of neither validation nor test."""
        labeled = np.flatnonzero(self.study.labels >= 0)
        return np.setdiff1d(labeled, np.concatenate([self.validation, self.test]))


def title(name: str) -> str:
    """Return the name of a strategy as it is in a simulation."""
    return KNOWN_CLASSES if name == BALANCED else STRATEGIES[name].title


def printed_title(name: str) -> str:
    """Return the name of a strategy as it is in the paper's figure: there it reads the paper's own signal."""
    return "MARGIN as printed" if name == "influence" else title(name)


def accuracies(graph: CitationGraph, sets: Sequence[Ints], layers: int, what: str) -> np.ndarray:
    """Return the accuracy of one network a set of labels on the test nodes."""
    found = []
    for first in range(0, len(sets), AT_ONCE):
        print(f"{graph.name}, {what}: {first:,} of {len(sets):,} networks", file=sys.stderr, flush=True)
        predicted = fit_many(
            graph.study.embedding, graph.study.graph, graph.study.labels, sets[first : first + AT_ONCE],
            len(graph.study.class_names), layers=layers, seed=first,
        )  # fmt: skip
        found += list((predicted[:, graph.test] == graph.study.labels[graph.test]).mean(axis=1))
    return np.array(found)


def figure_curves(graph: CitationGraph, seeds: Sequence[int]) -> dict[str, np.ndarray]:
    """Measure the paper's figure 8: its pool, three layers; (seeds, sizes) a strategy."""
    task = ActiveSampling(graph=GivenGraph())
    simulation = LabelingSimulation.of(graph.study, task)
    sets, order = [], list(product(FIGURE, seeds))
    for name, seed in order:
        own = simulation
        if name == "influence":  # of the norm of a variational graph autoencoder's latent vectors, as printed
            latent = fit_vgae(graph.study.embedding, graph.study.graph, seed=seed)
            printed = replace(task, signal="embedding_norm")
            own = LabelingSimulation.of(graph.study.replace(embedding=latent), printed)
        sets += own.select(name, seed, graph.train, FIGURE_SIZES)
    found = accuracies(graph, sets, 3, "figure 8").reshape(len(FIGURE), len(seeds), len(FIGURE_SIZES))
    return dict(zip(FIGURE, found, strict=True))


def wide_curves(graph: CitationGraph, seeds: Sequence[int]) -> dict[str, np.ndarray]:
    """Measure every strategy with all nodes but those of validation and test to choose from, two layers."""
    simulation = LabelingSimulation.of(graph.study, ActiveSampling(graph=GivenGraph()))
    sets = []
    for name, seed in product(STRATEGIES, seeds):
        pool = np.random.default_rng(seed).permutation(graph.others)
        sets += simulation.select(name, seed, np.sort(pool[int(LEFT_OUT * len(pool)) :]), SIZES)
    found = accuracies(graph, sets, 2, "wide pool").reshape(len(STRATEGIES), len(seeds), len(SIZES))
    return dict(zip(STRATEGIES, found, strict=True))


def study_curves(name: str, seeds: Sequence[int]) -> dict[str, np.ndarray]:
    """Measure every strategy on a bundled study: linear probe on its features, a third held out."""
    opened = open_source(BUNDLED / name, workspace=None)
    assert opened.truth is not None
    study = opened.study.with_labels(read_npz(opened.truth)["labels"].astype(np.int64))
    print(f"{name}: simulating", file=sys.stderr, flush=True)
    curves = simulate_curves(study, sizes=SIZES, seeds=len(seeds))
    return dict(zip(curves.strategies, curves.accuracy, strict=True))


def area(curves: np.ndarray) -> np.ndarray:
    """Return the area under each curve over the width of the sizes, a mean accuracy."""
    return np.trapezoid(curves, SIZES, axis=1) / (SIZES[-1] - SIZES[0])


def paired(one: np.ndarray, other: np.ndarray) -> tuple[float, float, float]:
    """Return the mean difference over seeds and its 95 % interval (t)."""
    apart = one - other
    half = stats.t.ppf(0.975, len(apart) - 1) * apart.std(ddof=1) / np.sqrt(len(apart))
    return float(apart.mean()), float(apart.mean() - half), float(apart.mean() + half)


def cells(curves: np.ndarray) -> list[Cell | None]:
    return [(float(mean), float(spread)) for mean, spread in zip(curves.mean(0), curves.std(0, ddof=1), strict=True)]


def agreement_lines(graph: CitationGraph, seeds: Sequence[int]) -> list[Line]:
    """Return the accuracies with all training labels, and how far networks that are fitted at once are from them."""
    lines, n_classes = [], len(graph.study.class_names)
    truth = graph.study.labels[graph.test]
    for layers, target in ((2, {"cora": 0.8, "citeseer": 0.69}[graph.name]), (3, None)):
        one = [
            float((fit_gcn(graph.study.embedding, graph.study.graph, graph.study.labels, graph.train, n_classes,
                           layers=layers, seed=seed).probabilities[graph.test].argmax(axis=1) == truth).mean())
            for seed in seeds
        ]  # fmt: skip
        many = accuracies(graph, [graph.train] * len(seeds), layers, "all training labels")
        lines.append(
            Line(
                f"{graph.name}, {layers} layers, all {len(graph.train)} training labels",
                float(np.mean(one)),
                "",
                f"accuracy on the {len(graph.test):,} test nodes, PyTorch Geometric; mean over seeds.",
                len(seeds),
                target=target,
                at_least=True,
            )
        )
        lines.append(
            Line(
                f"{graph.name}, {layers} layers: networks fitted at once, less those",
                float(many.mean() - np.mean(one)),
                "",
                "difference of the mean accuracies.",
                len(seeds),
            )
        )
    return lines


def few_line(name: str, curves: dict[str, np.ndarray]) -> Line:
    few = [SIZES.index(size) for size in FEW]
    mean, low, high = paired(curves[OURS][:, few].mean(1), curves[BALANCED][:, few].mean(1))
    return Line(
        f"{name}: MARGIN with coverage less class-balanced random, {FEW[0]} to {FEW[-1]} labels", mean, "",
        f"difference of mean accuracies at {', '.join(map(str, FEW))} labels; 95 % interval over seeds {low:+.3f} to "
        f"{high:+.3f}.", len(curves[OURS]), target=0.03, at_least=True,
    )  # fmt: skip


def peer_lines(name: str, curves: dict[str, np.ndarray]) -> list[Line]:
    lines = []
    for peer in (TYPICAL, COVER):
        mean, low, high = paired(area(curves[OURS]), area(curves[peer]))
        lines.append(
            Line(
                f"{name}: MARGIN with coverage less {STRATEGIES[peer].title}, upper end",
                high,
                "",
                f"area under the curve, {SIZES[0]} to {SIZES[-1]} labels: {mean:+.4f}, 95 % interval over seeds "
                f"{low:+.4f} to {high:+.4f}; below 0 it would be beaten.",
                len(curves[OURS]),
                target=0.0,
                at_least=True,
            )
        )
    return lines


def curve_table(
    name: str,
    what: str,
    curves: dict[str, np.ndarray],
    sizes: Sequence[int],
    note: str,
    called: Callable[[str], str] = title,
) -> Table:
    ranked = sorted(curves, key=lambda one: -curves[one].mean())
    return Table(f"{name}: {what}", tuple(map(str, sizes)), {called(one): cells(curves[one]) for one in ranked}, note)


def area_table(found: dict[str, dict[str, np.ndarray]]) -> Table:
    areas = {name: {one: area(curves[one]) for one in STRATEGIES} for name, curves in found.items()}
    ranked = sorted(STRATEGIES, key=lambda one: -np.mean([areas[name][one].mean() for name in areas]))
    rows = {title(one): [(float(areas[name][one].mean()), float(areas[name][one].std(ddof=1))) for name in areas]
            for one in ranked}  # fmt: skip
    note = (
        f"Mean accuracy over {SIZES[0]} to {SIZES[-1]} labels (area under the curve). "
        f"{spread(next(iter(found.values())))} MARGIN with coverage was put together on cora, on pixels of MNIST and, "
        "in a first run, on digits; it was not changed after citeseer, fashion and trashnet were measured."
    )
    return Table("Area under the accuracy curve", tuple(areas), rows, note)


def measure(folder: Path | None, seeds: Sequence[int], figure_seeds: Sequence[int]) -> Part:
    """Measure all graphs and studies."""
    watch = Watch(f"{', '.join(map(str, seeds))}; of the paper's figure {', '.join(map(str, figure_seeds))}")
    graphs = [CitationGraph.read(folder, name) for name in GRAPHS] if folder else []
    found = {graph.name: wide_curves(graph, seeds) for graph in graphs}
    found |= {name: study_curves(name, seeds) for name in STUDIES}
    figures = {graph.name: figure_curves(graph, figure_seeds) for graph in graphs}
    full = [line for graph in graphs for line in agreement_lines(graph, figure_seeds)]
    return summarize(found, figures, full, watch)


def summarize(
    found: dict[str, dict[str, np.ndarray]],
    figures: dict[str, dict[str, np.ndarray]],
    full: Sequence[Line],
    watch: Watch,
) -> Part:
    """Return the part from the accuracies of every strategy, seed and size."""
    lines, tables = list(full), []
    for name, curves in figures.items():
        lines.append(few_line(name, found[name]))
        tables.append(
            curve_table(
                name,
                "the paper's figure 8",
                curves,
                FIGURE_SIZES,
                "The standard training nodes to choose from, graph convolutional network of 3 layers. MARGIN as "
                f"printed has the norm of a variational graph autoencoder's latent vectors. {spread(curves)}",
                printed_title,
            )
        )
    for name, curves in found.items():
        lines += peer_lines(name, curves)
        how = (
            "All nodes but those of validation and test to choose from, less a fifth by seed; 2 layers."
            if name in GRAPHS
            else "Linear probe on the study's features, a third held out."
        )
        tables.append(curve_table(name, "accuracy by the number of labels", curves, SIZES, f"{how} {spread(curves)}"))
    return Part(
        "active_sampling",
        "What to label next",
        "Accuracy of a classifier by the number of labels, chosen by each strategy from none. Strategies that read "
        "predicted classes begin with a random batch, and their predictions are the linear probe's (on graphs, of "
        "features averaged over neighbors). Most influential first reads the influence of the features; in the paper's "
        "figure, MARGIN as printed reads that of the paper's own signal. One row knows the true classes, which in use "
        "nobody does.\n\n"
        "![Accuracy by the number of labels](active_sampling.png)",
        tuple(lines),
        (area_table(found), *tables),
        watch.circumstances(),
    )


def spread(curves: dict[str, np.ndarray]) -> str:
    """Return what a cell is."""
    return f"Mean ± standard deviation over {len(curves[OURS])} seeds."


def plot(part: Part, path: Path) -> None:
    """Draw the curves of the graphs and of the studies."""
    from matplotlib.figure import Figure

    tables = [table for table in part.tables if table.title.endswith("by the number of labels")]
    figure = Figure(figsize=(3.2 * len(tables), 3.6), layout="constrained")
    drawn = [title(name) for name in (OURS, TYPICAL, COVER, BALANCED, "random", "influence", "least_margin")]
    for axes, table in zip(figure.subplots(1, len(tables), squeeze=False)[0], tables, strict=True):
        for name in drawn:
            mean = [cell[0] for cell in table.rows[name] if cell]
            is_ours = name == title(OURS)
            axes.plot(
                list(map(int, table.columns)),
                mean,
                lw=2.5 if is_ours else 1,
                color="black" if is_ours else None,
                label=name if table is tables[0] else None,
            )
        axes.set(title=table.title.split(":")[0], xlabel="labels")
        axes.grid(alpha=0.3)
    figure.legend(loc="outside lower center", ncols=4, frameon=False, fontsize="small")
    figure.savefig(path, dpi=80)


def main() -> None:
    """Measure, print, and keep the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    parser.add_argument(
        "--citations", type=Path, default=os.environ.get("MARGIN_CITATIONS"),
        help="a folder with cora.npz and citeseer.npz (default: the variable MARGIN_CITATIONS)",
    )  # fmt: skip
    parser.add_argument("--figure-seeds", type=int, nargs="+", default=FIGURE_SEEDS, help="of the paper's figure")
    parser.add_argument("--dry", action="store_true", help="print only, keep nothing")
    asked = parser.parse_args()
    if asked.citations is None:
        print("The citation graphs are left out: name their folder with --citations.")
    with threadpool_limits(1):
        part = measure(asked.citations and Path(asked.citations), asked.seeds, asked.figure_seeds)
    print(plain(part))
    if not asked.dry and asked.citations is None and (RESULTS / f"{part.name}.json").is_file():
        print("Nothing is kept: what is kept holds the graphs, too.")
    elif not asked.dry:
        keep(part)
        plot(part, PLOT)


if __name__ == "__main__":
    main()
