"""Gradient boosting of the columns of a table, by name: ``gradient_boosting``.

A missing value goes to the side of each split where it helps.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from threadpoolctl import threadpool_limits

from margin_core.study.probe_model.row_classifier import Predict, fit_rows, load_rows, of_all_classes
from margin_core.values import Doubles, Floats, Ints

TITLE = "gradient boosting of the columns"

ROUNDS, MAX_TREES = 100, 2_000
"""Rounds of boosting, each of which grows a tree a class: fewer where there are many classes."""


def _fit(values: Floats, labels: Ints, n_classes: int) -> Predict:
    from sklearn.ensemble import HistGradientBoostingClassifier  # slow to import, and only this model needs it

    rounds = max(min(ROUNDS, MAX_TREES // n_classes), 1)
    fitted = HistGradientBoostingClassifier(max_iter=rounds, early_stopping=False, random_state=0)
    # scikit-learn raises an error where it finds a column without any value.
    known = np.isfinite(values).any(axis=0)
    columns = np.flatnonzero(known if known.any() else ~known)
    fitted.fit(values[:, columns] if known.any() else np.zeros_like(values), labels)

    def predict(rows: Floats) -> Doubles:
        with threadpool_limits(1, "blas"):
            return of_all_classes(np.asarray(fitted.predict_proba(rows[:, columns])), fitted.classes_, n_classes)

    return predict


fit = partial(fit_rows, _fit)
load = partial(load_rows, _fit)
