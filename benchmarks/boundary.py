"""The paper's case IV on USPS: who finds what a small network gets wrong, and who lies near its boundary.

`docs/explanation/boundary.md` says what the figures mean.
"""

from __future__ import annotations

import argparse
import os
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from label_errors import Memory
from pages import keep
from prototypes import Digits
from record import Cell, Line, Part, Table, Watch, plain
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

from margin_core import Study, explain
from margin_core.graph import Knn
from margin_core.tasks import DecisionBoundary

SEEDS = (0, 1, 2, 3, 4)
CHIEF = ((0, 6), (3, 5), (4, 9))
EVERY = tuple(range(10))
FIRST = 20
MIN_MISCLASSIFIED = 4
"""Of fewer misclassified samples, over all pairs, an area says too little."""

DRAWS = 50
"""Of a random order, whose figures are the mean over them."""

HIDDEN, ROUNDS = 64, 30
"""Units of the network's hidden layer, its latent space; epochs of Adam."""

OURS, RANDOM = "smoothed class margin", "random"
METHODS = {
    OURS: DecisionBoundary(),
    "MARGIN as printed": DecisionBoundary.as_printed(),
    "MARGIN, sign kept": DecisionBoundary(method="margin_signed", graph=Knn(k=30, weights="binary")),
    "raw f (equation 3)": DecisionBoundary(method="equation_3", graph=Knn(k=30, weights="binary")),
    "weighted disagreement": DecisionBoundary(method="disagreement"),
    "margin p1 - p2": DecisionBoundary(method="least_margin"),
    "entropy": DecisionBoundary(method="entropy"),
    RANDOM: DecisionBoundary(method="random"),
}
VIEWS = {"boundary": "labels as predicted", "errors": "labels as given"}
AUC_TARGET, FIRST_MARGIN_TARGET = 0.85, 0.85


@dataclass(frozen=True)
class Figures:
    """What one ranking of one network's test samples is worth."""

    area: float
    precision: float
    near: float


def judged(digits: Digits, classes: Sequence[int], seed: int) -> Study:
    """Teach a small network some classes, and let it judge their test samples; embedded by its hidden layer."""
    kept, tested = np.isin(digits.labels, classes), np.isin(digits.truth, classes)
    network = MLPClassifier((HIDDEN,), random_state=seed, max_iter=ROUNDS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # so many epochs are meant
        network.fit(digits.train[kept], np.searchsorted(classes, digits.labels[kept]))
    pixels = digits.test[tested]
    return Study.build(
        embedding=np.maximum(pixels @ network.coefs_[0] + network.intercepts_[0], 0),
        labels=np.searchsorted(classes, digits.truth[tested]), probabilities=network.predict_proba(pixels),
        class_names=[str(one) for one in classes],
    )  # fmt: skip


def figures(study: Study, methods: Mapping[str, DecisionBoundary]) -> dict[str, Figures]:
    """Measure every ranking of a study: area and average precision for misclassified samples, margins of the first."""
    memory = Memory()
    found = {}
    for name, task in methods.items():
        frame = explain(task, study, engine=memory).to_frame()
        score, wrong, margin = (frame[column].to_numpy() for column in ("score", "wrong", "margin"))
        orders = [np.arange(len(frame))]
        if name == RANDOM:  # the product's is one draw only, the same for every network
            orders = [np.random.default_rng(seed).permutation(len(frame)) for seed in range(DRAWS)]
            score = -np.arange(len(frame), dtype=float)
        drawn = [
            (
                roc_auc_score(wrong[order], score),
                average_precision_score(wrong[order], score),
                margin[order][:FIRST].mean() / margin.mean(),
            )
            for order in orders
        ]
        found[name] = Figures(*np.mean(drawn, axis=0).tolist())
    return found


def cell(values: Sequence[float]) -> Cell:
    """Sum several networks up."""
    return float(np.mean(values)), float(np.std(values)) if len(values) > 1 else None


Runs = dict[str, dict[str, list[dict[str, Figures]]]]
"""By view and condition: what each network's rankings are worth."""


def chief_runs(digits: Digits, seeds: Sequence[int]) -> tuple[Runs, dict[str, list[int]]]:
    """Measure the paper's pairs and all ten classes, in both views; also how many samples are misclassified."""
    runs: Runs = {view: {} for view in VIEWS}
    misclassified: dict[str, list[int]] = {}
    for name, classes in [*((f"{a}/{b}", (a, b)) for a, b in CHIEF), ("all ten", EVERY)]:
        for study in usable(digits, classes, seeds):
            misclassified.setdefault(name, []).append(int((study.probabilities.argmax(axis=1) != study.labels).sum()))
            for view, listed in runs.items():
                methods = {key: replace(task, view=view) for key, task in METHODS.items()}
                listed.setdefault(name, []).append(figures(study, methods))
    return runs, misclassified


def usable(digits: Digits, classes: Sequence[int], seeds: Sequence[int]) -> Iterator[Study]:
    """Return the studies of the networks that misclassify a sample at all."""
    for seed in seeds:
        study = judged(digits, classes, seed)
        if (study.probabilities.argmax(axis=1) != study.labels).any():
            yield study


def table(title: str, listed: Mapping[str, Sequence[Mapping[str, Figures]]], part: str, note: str) -> Table:
    """Return a table of one figure of every method, a column a condition."""
    rows: dict[str, list[Cell | None]] = {
        name: [cell([getattr(run[name], part) for run in runs]) for runs in listed.values()] for name in METHODS
    }
    return Table(title, tuple(listed), rows, note)


def every_pair(digits: Digits) -> Table:
    """Measure one network for every pair of digits, where enough samples are misclassified."""
    found = []
    for pair in combinations(EVERY, 2):
        study = judged(digits, pair, 0)
        if (study.probabilities.argmax(axis=1) != study.labels).sum() >= MIN_MISCLASSIFIED:
            found.append(figures(study, METHODS))
    rows: dict[str, list[Cell | None]] = {
        name: [cell([getattr(run[name], part) for run in found]) for part in ("area", "precision", "near")]
        for name in METHODS
    }
    return Table(
        f"Every pair of digits with at least {MIN_MISCLASSIFIED} misclassified samples",
        ("AUC", "average precision", f"first {FIRST}"), rows,
        f"Labels as predicted; mean ± standard deviation over {len(found)} pairs, one network each. First {FIRST}: "
        "mean p1 - p2 of the first over that of all.",
    )  # fmt: skip


def lines(runs: Runs) -> list[Line]:
    """Set what was measured beside what was promised."""
    out = []
    for view, words in VIEWS.items():
        for a, b in CHIEF:
            found = runs[view][f"{a}/{b}"]
            areas = [run[OURS].area for run in found]
            out.append(
                Line(
                    f"{a}/{b}, {words}: AUC for misclassified", float(np.mean(areas)), "",
                    f"the default's; mean over {len(found)} networks, lowest {min(areas):.3f}.",
                    len(found), target=AUC_TARGET, at_least=True,
                )
            )  # fmt: skip
            out.append(
                Line(
                    f"{a}/{b}, {words}: margin of the first {FIRST}",
                    float(np.mean([run[OURS].near for run in found])), "x",
                    f"mean |p1 - p0| of the default's first {FIRST} over that of all.", len(found),
                    target=FIRST_MARGIN_TARGET,
                )
            )  # fmt: skip
    return out


def measure(path: Path, seeds: Sequence[int]) -> Part:
    """Measure everything."""
    watch = Watch(", ".join(map(str, seeds)))
    digits = Digits.read(path)
    runs, misclassified = chief_runs(digits, seeds)
    spread = f"Mean ± standard deviation over up to {len(seeds)} networks; those that misclassify nothing are left out."
    counted = "; ".join(f"{name} {min(counts)} to {max(counts)}" for name, counts in misclassified.items())
    tables = [
        table(
            "Misclassified or not, labels as predicted: AUC", runs["boundary"], "area",
            f"{spread} No ranking uses a label here. Misclassified: {counted}.",
        ),
        table(
            "Misclassified or not, labels as given: AUC", runs["errors"], "area",
            f"{spread} Here the rankings use the labels that they are evaluated with. Rankings that compare "
            "probabilities with these labels are correct by definition, or nearly; only for MARGIN, f and "
            "disagreement do these figures say anything.",
        ),
        table(
            "Misclassified or not, labels as predicted: average precision", runs["boundary"], "precision", spread
        ),
        table(
            f"Mean p1 - p2 of the first {FIRST} over that of all, labels as predicted", runs["boundary"], "near",
            f"{spread} Smaller = nearer to the boundary; the margin itself is the least by definition.",
        ),
        every_pair(digits),
    ]  # fmt: skip
    return Part(
        "boundary",
        "The paper's case IV: the decision boundary of USPS",
        f"USPS digits. A network with {HIDDEN} hidden units ({ROUNDS} epochs) is trained on the training digits of "
        "some classes and classifies their test digits; k = 30 neighbors in its hidden layer. Results: "
        "docs/explanation/boundary.md.",
        tuple(lines(runs)),
        tuple(tables),
        watch.circumstances(),
    )


def main() -> None:
    """Measure, print, and keep the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    parser.add_argument(
        "--usps", type=Path, default=os.environ.get("MARGIN_USPS"),
        help="an .npz of USPS with X_train, y_train, X_test, y_test (default: the variable MARGIN_USPS)",
    )  # fmt: skip
    parser.add_argument("--dry", action="store_true", help="print only, keep nothing")
    asked: Any = parser.parse_args()
    if asked.usps is None:
        print("USPS was left out: name a file with --usps.")
        return
    with threadpool_limits(1):
        part = measure(Path(asked.usps), asked.seeds)
    print(plain(part))
    if not asked.dry:
        keep(part)


if __name__ == "__main__":
    main()
