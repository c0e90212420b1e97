"""Which measure finds the variables that matter: RATE in its forms, its influence, and the measures beside it.

    python benchmarks/variable_importance.py [--seeds 5] [--samples 5000] [--variables 100]

Simulated tables of which ten variables decide the label; every column is standardized. The figure is the area under
the ROC curve of a measure against the truth: 1 where each variable that decides comes before each that does not.
`docs/explanation/variable-importance.md` says what the figures mean.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pages import keep
from record import Cell, Line, Part, Table, Watch, plain
from sklearn.datasets import make_classification
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.inspection import permutation_importance
from sklearn.metrics import roc_auc_score

from margin_core import Study, explain
from margin_core.storage.engine import MemoryEngine, Run
from margin_core.tasks import VariableImportance
from margin_core.tasks.variable_importance.shuffle_curve import RANDOM

INFORMATIVE = 10
FLIPPED = 0.1

OURS = "RATE (the default: ridge, full divergence)"
PERMUTATION, CORRELATION = "permutation importance on the same network", "absolute correlation"
FOREST, SHAP = "random forest mimic of the same network", "SHAP on the same network"
BOOSTING = "gradient boosting mimic of the same network"
FAVORED = "the ranking that the shuffle curves favor"
MEASURES = {
    OURS: VariableImportance(),
    "its influence among correlated variables": VariableImportance(ranking="influence"),
    "RATE, least squares": VariableImportance(projection="linear"),
    "RATE, covariance (the paper's projection)": VariableImportance(projection="covariance"),
    "RATE, covariance, quadratic (the paper's definition)": VariableImportance(
        projection="covariance", divergence="quadratic"
    ),
    "RATE, covariance, as the released code computes it": VariableImportance(
        projection="covariance", divergence="released"
    ),
    "RATE, diagonal posterior": VariableImportance(posterior="diagonal"),
}


class Simulation(NamedTuple):
    """A table, its labels, and which columns decide them."""

    values: NDArray[np.float64]
    labels: NDArray[np.int64]
    decides: NDArray[np.bool_]


def clusters(n: int, p: int, random: np.random.Generator) -> Simulation:
    """Return the simulation of the paper, each column standardized: informative ones would otherwise vary more."""
    values, labels = make_classification(
        n, p, n_informative=INFORMATIVE, n_redundant=0, n_clusters_per_class=3, flip_y=FLIPPED, shift=None, scale=1,
        shuffle=False, random_state=int(random.integers(2**31)),
    )  # fmt: skip
    return Simulation(values, labels, np.arange(p) < INFORMATIVE)


def linear(n: int, p: int, random: np.random.Generator) -> Simulation:
    """Return independent columns, of which ten add to the logit, from strong to weak."""
    values = random.normal(size=(n, p))
    logit = values[:, :INFORMATIVE] @ np.linspace(1, 0.2, INFORMATIVE)
    return Simulation(values, drawn(logit, random), np.arange(p) < INFORMATIVE)


def collinear(n: int, p: int, random: np.random.Generator) -> Simulation:
    """Return blocks of five columns that go together, one of which decides in ten of the blocks."""
    shared = np.repeat(random.normal(size=(n, p // 5)), 5, axis=1)
    values = np.sqrt(0.64) * shared + 0.6 * random.normal(size=shared.shape)
    decides = np.zeros(values.shape[1], dtype=bool)
    decides[np.arange(INFORMATIVE) * 5 + random.integers(0, 5, INFORMATIVE)] = True
    return Simulation(values, drawn(values[:, decides].sum(axis=1), random), decides)


def interactions(n: int, p: int, random: np.random.Generator) -> Simulation:
    """Return columns that decide by the products of five pairs: none of them says anything by itself."""
    values = random.normal(size=(n, p))
    logit = 1.5 * sum(values[:, 2 * pair] * values[:, 2 * pair + 1] for pair in range(INFORMATIVE // 2))
    return Simulation(values, drawn(np.asarray(logit), random), np.arange(p) < INFORMATIVE)


SIMULATIONS: dict[str, Callable[[int, int, np.random.Generator], Simulation]] = {
    "clusters (the paper's)": clusters,
    "linear": linear,
    "collinear blocks": collinear,
    "interactions": interactions,
}


def drawn(logit: NDArray[np.float64], random: np.random.Generator) -> NDArray[np.int64]:
    return (logit + random.logistic(size=len(logit)) > 0).astype(np.int64)


def scores_of(made: Simulation, seed: int) -> dict[str, NDArray[np.float64]]:
    """Return the value of every column by every measure."""
    values = (made.values - made.values.mean(axis=0)) / made.values.std(axis=0)
    study, engine = Study.build(inputs=values.astype(np.float32), labels=made.labels), MemoryEngine()
    scores = {}
    for name, task in MEASURES.items():
        found = explain(task, study, engine=engine)
        own = {"": found.findings.scores}
        if name == OURS:
            own |= {PERMUTATION: found.findings.evidence["permutation"]}
            own |= {CORRELATION: found.findings.evidence["correlation"]}
            own |= {FOREST: found.findings.evidence["forest"], SHAP: found.findings.evidence["shap"]}
            own |= {BOOSTING: found.findings.evidence["boosting"]}
            _, curves = task.importance(study, Run(engine))
            by_accuracy = dict(zip(curves.names.tolist(), curves.accuracy.mean(axis=1), strict=True))
            favored = min((name for name in by_accuracy if name != RANDOM), key=by_accuracy.__getitem__)
            own |= {FAVORED: found.findings.evidence[favored]}
            print(f"favored: {favored}", file=sys.stderr, flush=True)
        for measure, ranked in own.items():
            scores[measure or name] = np.empty(len(ranked))
            scores[measure or name][found.nodes] = ranked
    forest = RandomForestClassifier(200, random_state=seed, n_jobs=-1).fit(values, made.labels)
    scores["random forest, impurity"] = forest.feature_importances_
    cut = len(values) * 7 // 10
    boosted = HistGradientBoostingClassifier(random_state=seed).fit(values[:cut], made.labels[:cut])
    scores["gradient boosting, permutation"] = permutation_importance(
        boosted, values[cut:], made.labels[cut:], scoring="neg_log_loss", n_repeats=3, random_state=seed
    ).importances_mean
    return scores


def measure(seeds: int, n: int, p: int) -> Part:
    """Simulate, rank and compare."""
    watch = Watch(", ".join(map(str, range(seeds))))
    areas: dict[str, dict[str, list[float]]] = {}
    for title, simulate in SIMULATIONS.items():
        for seed in range(seeds):
            made = simulate(n, p, np.random.default_rng(seed))
            for name, values in scores_of(made, seed).items():
                areas.setdefault(name, {}).setdefault(title, []).append(roc_auc_score(made.decides, values))
            print(f"{title}, seed {seed}: {areas[OURS][title][-1]:.3f}", flush=True)
    rows: dict[str, list[Cell | None]] = {
        name: [(float(np.mean(found[title])), float(np.std(found[title]))) for title in SIMULATIONS]
        for name, found in areas.items()
    }
    paper = next(iter(SIMULATIONS))
    own = float(np.mean(areas[OURS][paper]))
    best = max((name for name in areas if "RATE" not in name), key=lambda name: float(np.mean(areas[name][paper])))
    lead = float(np.mean(areas[best][paper])) - own
    return Part(
        "variable_importance",
        "Variable importance",
        f"{n:,} samples of {p} standardized variables, of which {INFORMATIVE} decide. Area under the ROC curve of each "
        "measure against the truth, mean and standard deviation over the seeds.",
        (
            Line(
                "RATE finds the variables that decide", own, "", f"area under the ROC curve, {paper}", seeds,
                target=0.95, at_least=True,
            ),
            Line(
                "lead of the best other measure", lead, "",
                f"{best}, {paper}; where it leads by more, the page says to rank by permutation", seeds, target=0.02,
            ),
        ),
        (Table("Which measure finds the variables that decide", tuple(SIMULATIONS), rows, NOTE),),
        watch.circumstances(),
    )  # fmt: skip


NOTE = (
    "Linear projections, RATE among them, cannot see variables that matter only together; permutation importance on "
    "the network can."
)


def main() -> None:
    """Measure, keep and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--samples", type=int, default=5_000)
    parser.add_argument("--variables", type=int, default=100)
    parser.add_argument("--dry", action="store_true", help="print only, keep nothing")
    asked = parser.parse_args()
    part = measure(asked.seeds, asked.samples, asked.variables)
    print(plain(part))
    if not asked.dry:
        keep(part)


if __name__ == "__main__":
    main()
