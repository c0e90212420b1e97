"""Gradient boosting of the columns of a table, by name: ``gradient_boosting``."""

from __future__ import annotations

import numpy as np
from threadpoolctl import threadpool_limits

from margin_core.storage.engine import Arrays
from margin_core.study.probe_model.row_classifier import (
    Predict,
    RowClassifier,
    classifier_of,
    cross_fit,
    fit_to_all,
    of_all_classes,
)
from margin_core.values import Doubles, Floats, Ints, Study

TITLE = "gradient boosting of the columns"

ROUNDS, MAX_TREES = 100, 2_000
"""Rounds of boosting, each of which grows a tree a class: fewer where there are many classes."""


def fit(study: Study, rows: Ints, groups: Ints | None) -> Arrays:
    """Fit gradient boosting to some rows; a missing value goes to the side of each split where it helps.

    Parameters
    ----------
    study : Study
        Its inputs are rows of numbers.
    rows : int array (m,)
        Labeled samples, of two classes at least.
    groups : int array (m,) or None
        Of these samples.

    Returns
    -------
    dict of arrays
        As of `cross_fit`.
    """
    return cross_fit(study, rows, groups, _fit, fit_to_all(study, rows, _fit))


def load(arrays: Arrays, study: Study, description: str) -> RowClassifier:
    """Return the model, which is fitted again: trees are no arrays.

    Parameters
    ----------
    arrays : mapping of arrays
        From `fit`.
    study : Study
        The same.
    description : str

    Returns
    -------
    RowClassifier
    """
    return classifier_of(study, fit_to_all(study, arrays["rows"], _fit), description)


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
