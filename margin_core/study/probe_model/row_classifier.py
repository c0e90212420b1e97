"""A classifier of rows of numbers that is fitted to a study, with probabilities from fits without each sample."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from margin_core.errors import ModelError
from margin_core.probe.folds import assign_folds
from margin_core.storage.engine import Arrays
from margin_core.study.probe_model.linear_fit import FOLDS
from margin_core.values import Doubles, Floats, Ints, Study
from margin_core.values.arrays import to_rows

Predict = Callable[[Floats], Doubles]
"""Computes class probabilities (b, c) of complete or incomplete rows (b, d)."""

Fit = Callable[[Floats, Ints, int], Predict]
"""Fits a classifier to rows (m, d), class numbers (m,) of two classes at least, and c."""

_AT_ONCE = 20_000
"""Rows that are predicted in one go."""


@dataclass(frozen=True, eq=False, kw_only=True)
class RowClassifier:
    """A fitted classifier of rows of numbers; NaN is a missing value.

    Attributes
    ----------
    predict : callable
    columns : int
        Numbers of a row.
    description : str
        In words, for a person.
    class_names : tuple of str, length c
    """

    predict: Predict
    columns: int
    description: str
    class_names: tuple[str, ...]

    def probabilities(self, inputs: Any) -> Floats:
        """Compute class probabilities.

        Parameters
        ----------
        inputs : float array (b, d)
            Rows in the columns that it was fitted on; NaN where a value is missing.

        Returns
        -------
        float32 array (b, c)
            Rows sum to 1.

        Raises
        ------
        ModelError
            The inputs are not such rows.
        """
        try:
            rows = to_rows(inputs)
        except (TypeError, ValueError):
            raise ModelError(f"{self.description} takes rows of {self.columns:,} numbers, no texts.") from None
        if rows.ndim != 2 or rows.shape[1] != self.columns:
            raise ModelError(f"{self.description} takes rows of {self.columns:,} numbers; got shape {rows.shape}.")
        rows = np.where(np.isfinite(rows), rows, rows.dtype.type(np.nan))
        parts = [self.predict(rows[at : at + _AT_ONCE]) for at in range(0, len(rows), _AT_ONCE)]
        found = np.vstack(parts) if parts else np.empty((0, len(self.class_names)))
        return np.asarray(found, dtype=np.float32)


def classifier_of(study: Study, predict: Predict, description: str) -> RowClassifier:
    """Return the classifier of the rows of a study.

    Parameters
    ----------
    study : Study
    predict : callable
    description : str

    Returns
    -------
    RowClassifier
    """
    return RowClassifier(
        predict=predict, columns=study.inputs.shape[1], description=description, class_names=study.class_names
    )


def cross_fit(study: Study, rows: Ints, groups: Ints | None, fit: Fit, predict: Predict) -> Arrays:
    """Estimate by cross-validation what a classifier predicts for samples that it was not fitted to.

    Parameters
    ----------
    study : Study
        Its inputs are rows of numbers.
    rows : int array (m,)
        Labeled samples, of two classes at least.
    groups : int array (m,) or None
        Of these samples; those of one group are in the same fold.
    fit : callable
    predict : callable
        Of a fit to all of `rows`, which is what other samples are predicted by.

    Returns
    -------
    dict of arrays
        ``probabilities`` float32 (n, c), of fits without the sample, NaN where a fit had no two classes; ``accuracy``
        float64 (1,), the share of the labels of `rows` that they predict, in [0, 1]; NaN where there is no such fit;
        ``rows``, as given.
    """
    labels, c = study.labels[rows], len(study.class_names)
    probabilities = classifier_of(study, predict, "").probabilities(study.inputs)
    values = training_values(study, rows)
    fold_of = assign_folds(labels, study.ids[rows], FOLDS, groups)
    out_of_sample = np.full((len(rows), c), np.nan, dtype=np.float32)
    for fold in range(FOLDS):
        train, held_out = np.flatnonzero(fold_of != fold), np.flatnonzero(fold_of == fold)
        if len(held_out) and len(np.unique(labels[train])) >= 2:
            order = train[np.argsort(study.ids[rows[train]], kind="stable")]
            out_of_sample[held_out] = fit(values[order], labels[order], c)(values[held_out])
    probabilities[rows] = out_of_sample
    known = np.isfinite(out_of_sample[:, 0])
    right = out_of_sample[known].argmax(axis=1) == labels[known]
    return {
        "probabilities": probabilities,
        "accuracy": np.array([right.mean() if len(right) else np.nan]),
        "rows": rows,
    }


def training_values(study: Study, rows: Ints) -> Floats:
    """Return rows of numbers to fit a classifier to.

    Parameters
    ----------
    study : Study
    rows : int array (m,)
        Samples that are fitted.

    Returns
    -------
    float32 or float64 array (m, d)
        As precise as the inputs; NaN where a value is missing or infinite.
    """
    values = to_rows(study.inputs[rows])
    return np.where(np.isfinite(values), values, values.dtype.type(np.nan))


def fit_to_all(study: Study, rows: Ints, fit: Fit) -> Predict:
    """Fit a classifier to some samples, whose order changes nothing.

    Parameters
    ----------
    study : Study
        Its inputs are rows of numbers.
    rows : int array (m,)
        Labeled samples, of two classes at least.
    fit : callable

    Returns
    -------
    callable
    """
    order = rows[np.argsort(study.ids[rows], kind="stable")]
    return fit(training_values(study, order), study.labels[order], len(study.class_names))


def of_all_classes(predicted: Doubles, classes: Sequence[int] | Ints, n_classes: int) -> Doubles:
    """Return probabilities with a column for every class.

    Parameters
    ----------
    predicted : float array (b, k)
        In [0, 1]; rows sum to 1.
    classes : int array (k,)
        That the columns belong to.
    n_classes : int
        c.

    Returns
    -------
    float array (b, c)
        0 for a class without samples.
    """
    found = np.zeros((len(predicted), n_classes))
    found[:, np.asarray(classes)] = predicted
    return found
