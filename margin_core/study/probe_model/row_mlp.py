"""A small neural network of the columns of a table, by name: ``mlp``.

A missing value counts as the mean of its column.
"""

from __future__ import annotations

import warnings
from functools import partial

import numpy as np
from threadpoolctl import threadpool_limits

from margin_core.study.probe_model.row_classifier import Predict, fit_rows, load_rows, of_all_classes
from margin_core.values import Doubles, Floats, Ints

TITLE = "a neural network of two layers of 64 units on scaled columns"

HIDDEN, PASSES, PENALTY = (64, 64), 60, 1.0


def _fit(values: Floats, labels: Ints, n_classes: int) -> Predict:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier  # slow to import, and only this model needs it

    known = np.isfinite(values)
    counts = np.maximum(known.sum(axis=0), 1)
    means = np.where(known, values, 0).sum(axis=0, dtype=np.float64) / counts
    filled = np.where(known, values, means)
    deviations = filled.std(axis=0)
    deviations[deviations == 0] = 1.0

    def scaled(rows: Floats) -> Doubles:
        return np.asarray((np.where(np.isfinite(rows), rows, means) - means) / deviations)

    network = MLPClassifier(HIDDEN, alpha=PENALTY, max_iter=PASSES, random_state=0)
    with warnings.catch_warnings(), threadpool_limits(1, "blas"):
        warnings.simplefilter("ignore", ConvergenceWarning)  # it stops after so many passes on purpose
        network.fit(scaled(values), labels)

    def predict(rows: Floats) -> Doubles:
        with threadpool_limits(1, "blas"):
            return of_all_classes(np.asarray(network.predict_proba(scaled(rows))), network.classes_, n_classes)

    return predict


fit = partial(fit_rows, _fit)
load = partial(load_rows, _fit)
