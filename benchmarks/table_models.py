"""Whether a model of a table ranks planted label errors better than the linear probe does.

    python benchmarks/table_models.py [--seeds 3] [--share .1]

Prints, for each table and kind of errors, the average precision of the ranking without a model (neighbors and the
linear probe), with gradient boosting and with the small neural network beside these, and by what each model alone says
of the given label, out of sample.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Iterator

import numpy as np
from data import noises
from mlxtend.data import autompg_data
from numpy.typing import NDArray
from sklearn.datasets import (
    load_breast_cancer,
    load_diabetes,
    load_digits,
    load_wine,
    make_classification,
    make_hastie_10_2,
)
from sklearn.metrics import average_precision_score

from margin_core import Study, explain
from margin_core.storage.engine import Run
from margin_core.study.probe_model import with_probe_model, with_table_model
from margin_core.tasks import LabelFlips
from margin_core.values.number_table import NumberTable

NO_MODEL, BOOSTING, MLP = "no model", "gradient_boosting", "mlp"
SAMPLES = 2_000


def tables(seed: int) -> Iterator[tuple[str, NDArray[np.float64], NDArray[np.int64]]]:
    """Yield name, columns and true labels of real tables and of simulated ones that are not linear."""
    for load in (load_breast_cancer, load_wine, load_digits):
        found = load()
        yield load.__name__.removeprefix("load_").replace("_", " "), found.data, found.target
    found = load_diabetes()
    yield "diabetes, above the median", found.data, (found.target > np.median(found.target)).astype(np.int64)
    values, miles = autompg_data()
    yield "cars, miles per gallon in thirds", values, np.digitize(miles, np.quantile(miles, (1 / 3, 2 / 3)))
    values, labels = make_classification(
        SAMPLES, 20, n_informative=8, n_classes=4, n_clusters_per_class=3, flip_y=0, random_state=seed
    )
    yield "clusters", values, labels
    values, signs = make_hastie_10_2(SAMPLES, random_state=seed)
    yield "radius", values, (signs > 0).astype(np.int64)


def scaled_columns(values: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return the features of a table: columns of mean 0 and standard deviation 1, a missing value at the mean."""
    centered = values - np.nanmean(values, axis=0)
    return np.nan_to_num(centered / np.maximum(np.nanstd(values, axis=0), 1e-12)).astype(np.float32)


def precisions(values: NDArray[np.float64], labels: NDArray[np.int64], wrong: NDArray[np.bool_]) -> dict[str, float]:
    """Return the average precision of each ranking."""
    names = tuple(f"column {place}" for place in range(values.shape[1]))
    table = NumberTable(values.astype(np.float32), names)
    study = Study.build(name="table", inputs=table, embedding=scaled_columns(values), labels=labels)
    found = {}
    for name in (NO_MODEL, BOOSTING, MLP):
        modeled = with_probe_model(study, Run()) if name == NO_MODEL else with_table_model(study, name, Run())
        ranked = explain(LabelFlips(), modeled)
        scores = np.empty(len(wrong))
        scores[ranked.nodes] = ranked.findings.scores
        found[name] = float(average_precision_score(wrong, scores))
        if name != NO_MODEL:
            of_label = modeled.probabilities[np.arange(len(labels)), labels]
            found[f"{name} alone"] = float(average_precision_score(wrong, -of_label))
            found[f"accuracy of {name}"] = modeled.model.accuracy
        else:
            found["accuracy of the probe"] = modeled.model.accuracy
    return found


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--share", type=float, default=0.1, help="of the labels that are wrong")
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    cases: dict[tuple[str, str], list[dict[str, float]]] = {}
    for seed in range(asked.seeds):
        for name, values, truth in tables(seed):
            scaled = scaled_columns(values)
            for kind in noises(scaled, truth):
                if kind.name == "confusable":
                    continue
                labels = kind.wrong(truth, scaled, share=asked.share, seed=seed)
                cases.setdefault((name, kind.name), []).append(precisions(values, labels, labels != truth))
                print(name, kind.name, seed, cases[name, kind.name][-1], file=sys.stderr, flush=True)
    columns = list(next(iter(cases.values()))[0])
    print("| table | errors | " + " | ".join(columns) + " |")
    print("|---|---|" + "--:|" * len(columns))
    for (name, kind), found in cases.items():
        means = [np.mean([one[column] for one in found]) for column in columns]
        print(f"| {name} | {kind} | " + " | ".join(f"{mean:.3f}" for mean in means) + " |")
    every = [np.mean([np.mean([one[column] for one in found]) for found in cases.values()]) for column in columns]
    print("| mean | | " + " | ".join(f"{mean:.3f}" for mean in every) + " |")


if __name__ == "__main__":
    main()
