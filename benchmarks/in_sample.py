"""Whether class probabilities were fitted to the labels they judge: false alarms and power of the check.

    python benchmarks/in_sample.py [--seeds 5] [--shares 0 .02 .05 .1 .2 .3]

Prints, for each data set, share of planted errors and model, how often the check speaks up: of out-of-sample
probabilities (cross_val_predict), where every alarm is false, and of in-sample ones, where every silence is a miss.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.datasets import load_digits, make_blobs, make_classification
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from margin_core import Study, load_study
from margin_core.domain import every_sample
from margin_core.graph import build_graph
from margin_core.storage.bundled import bundled_study
from margin_core.storage.engine import LocalEngine, Run
from margin_core.tasks import LabelFlips
from margin_core.tasks.label_flips.plausibility import MIN_CONTRADICTED, ContradictedLabels, count_contradicted_labels

SHARES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3)
MODELS: dict[str, Callable[[int], ClassifierMixin]] = {
    "logistic regression": lambda seed: make_pipeline(StandardScaler(), LogisticRegression(max_iter=300)),
    "random forest": lambda seed: RandomForestClassifier(60, random_state=seed),
    "1 nearest neighbor": lambda seed: KNeighborsClassifier(1),
    "MLP, to convergence": lambda seed: make_pipeline(
        StandardScaler(),
        MLPClassifier((256,), alpha=0.0, tol=0.0, n_iter_no_change=400, max_iter=400, random_state=seed),
    ),
    "MLP": lambda seed: make_pipeline(StandardScaler(), MLPClassifier((64,), max_iter=60, random_state=seed)),
}


class Case(NamedTuple):
    """What was counted once: with out-of-sample and with in-sample probabilities."""

    data: str
    share: float
    model: str
    outside: ContradictedLabels
    inside: ContradictedLabels


def sources(seed: int) -> Iterator[tuple[str, np.ndarray, np.ndarray, np.ndarray]]:
    """Yield name, features that models learn from, embedding and true labels of each data set."""
    digits = load_digits()
    pixels = digits.data.astype(np.float32)
    yield "digits", pixels, pixels, digits.target
    yield "digits, embedded in 2 components", pixels, PCA(2).fit_transform(pixels), digits.target
    fashion = load_study(bundled_study("fashion"))
    rows = np.random.default_rng(seed).permutation(len(fashion))[:1500]
    hidden = np.asarray(fashion.embedding[rows])
    yield "fashion", hidden, hidden, np.asarray(fashion.labels[rows])
    points, kinds = make_blobs(800, 10, centers=5, cluster_std=4.0, random_state=seed)
    yield "blobs", points, points, kinds
    points, kinds = make_classification(
        800, 20, n_informative=8, n_classes=4, n_clusters_per_class=2, class_sep=1.0, random_state=seed
    )
    yield "classification", points, points, kinds


def plant(labels: np.ndarray, share: float, classes: int, rng: np.random.Generator) -> np.ndarray:
    """Return the labels with a share of them replaced by another class."""
    wrong = rng.random(len(labels)) < share
    return np.where(wrong, (labels + rng.integers(1, classes, len(labels))) % classes, labels)


def measure(seed: int, shares: Sequence[float]) -> Iterator[Case]:
    """Measure every data set, share of errors and model with one seed."""
    for name, points, embedding, truth in sources(seed):
        classes = int(truth.max()) + 1
        for share in shares:
            labels = plant(truth, share, classes, np.random.default_rng((seed, round(100 * share))))
            study = Study.build(name=name, embedding=embedding, labels=labels)
            graph = build_graph(LabelFlips().graph, every_sample(study), Run(LocalEngine()))
            folds = StratifiedKFold(5, shuffle=True, random_state=seed)
            for model, make in MODELS.items():
                outside = cross_val_predict(make(seed), points, labels, cv=folds, method="predict_proba")
                inside = make(seed).fit(points, labels).predict_proba(points)
                counts = (count_contradicted_labels(study.replace(probabilities=p), graph) for p in (outside, inside))
                yield Case(name, share, model, *counts)


def main() -> None:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--shares", type=float, nargs="*", default=list(SHARES))
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    asked = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    seeds = range(asked.first, asked.first + asked.seeds)
    found = [case for seed in seeds for case in measure(seed, asked.shares)]
    print("| data | errors | model | contradicted | repeated, out of sample | repeated, in sample | false | power |")
    print("|---|--:|---|--:|--:|--:|--:|--:|")
    key = lambda case: (case.data, case.share, case.model)  # noqa: E731
    for (data, share, model), group in groupby(sorted(found, key=key), key):
        print(f"| {data} | {share:.0%} | {model} | {_row(list(group))} |")
    for model in MODELS:
        print(f"| all | | {model} | {_row([case for case in found if case.model == model])} |")
    print(f"| all | | all | {_row(found)} |")


def _row(cases: Sequence[Case]) -> str:
    honest, fitted = [case.outside for case in cases], [case.inside for case in cases]
    enough = [one for one in fitted if one.counted >= MIN_CONTRADICTED]
    shares = (sum(one.repeated for one in kind) / max(sum(one.counted for one in kind), 1) for kind in (honest, fitted))
    alarms, hits = sum(one.look_in_sample for one in honest), sum(one.look_in_sample for one in fitted)
    counted = np.mean([one.counted for one in honest])
    return (
        f"{counted:.0f} | "
        + " | ".join(f"{one:.2f}" for one in shares)
        + (f" | {alarms} of {len(honest)} | {hits} of {len(enough)}")
    )


if __name__ == "__main__":
    main()
