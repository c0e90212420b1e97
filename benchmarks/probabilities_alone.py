"""Rankings from labels and probabilities alone: what stands in for an embedding, and what features would give."""

from __future__ import annotations

import warnings
from collections import defaultdict

import numpy as np
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from margin_core import Study, explain
from margin_core.errors import MarginWarning
from margin_core.tasks import LabelFlips

SEEDS = 3
FLOOR = 1e-3
"""Of probabilities whose logarithms are taken."""


def precision(embedding: np.ndarray, labels: np.ndarray, probabilities: np.ndarray, wrong: np.ndarray) -> float:
    """Return the average precision of the default ranking with these features."""
    study = Study.build(embedding=embedding, labels=labels, probabilities=probabilities)
    found = explain(LabelFlips(), study)
    scores = np.empty(len(study))
    scores[found.rows] = found.findings.scores
    return float(average_precision_score(wrong, scores))


def main() -> None:
    """Print a table, a row for each data set, share of flipped labels and model."""
    warnings.simplefilter("ignore", MarginWarning)
    found: dict[tuple[str, float, str], list[list[float]]] = defaultdict(list)
    models = {
        "logistic regression": make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)),
        "random forest": RandomForestClassifier(100, random_state=0),
    }
    for name, (points, truth) in {
        "digits": load_digits(return_X_y=True),
        "breast cancer": load_breast_cancer(return_X_y=True),
    }.items():
        classes = int(truth.max()) + 1
        for seed in range(SEEDS):
            for share in (0.05, 0.2):
                rng = np.random.default_rng(seed)
                labels, wrong = truth.copy(), rng.random(len(truth)) < share
                labels[wrong] = (labels[wrong] + rng.integers(1, classes, wrong.sum())) % classes
                for model, estimator in models.items():
                    p = cross_val_predict(estimator, points, labels, cv=5, method="predict_proba")
                    features = (np.sqrt(p), np.log(np.maximum(p, FLOOR)), p, StandardScaler().fit_transform(points))
                    confidence = average_precision_score(wrong, 1 - p[np.arange(len(labels)), labels])
                    row = [float(confidence), *(precision(each, labels, p, wrong) for each in features)]
                    found[name, share, model].append(row)
    print("| data | flipped | model | self-confidence | square roots | logarithms | probabilities | features |")
    print("|---|---:|---|---:|---:|---:|---:|---:|")
    for (name, share, model), rows in found.items():
        means = " | ".join(f"{mean:.3f}".removeprefix("0") for mean in np.mean(rows, axis=0))
        print(f"| {name} | {share:.0%} | {model} | {means} |")


if __name__ == "__main__":
    main()
