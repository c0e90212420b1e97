"""A classifier of rows of numbers that is fitted to a study, with probabilities from fits without each sample."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from margin_core.probe.folds import assign_folds
from margin_core.storage.engine import Arrays
from margin_core.study.models.linear_rows import check_rows
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
        rows = check_rows(inputs, self.columns, self.description)
        rows = np.where(np.isfinite(rows), rows, rows.dtype.type(np.nan))
        parts = [self.predict(rows[at : at + _AT_ONCE]) for at in range(0, len(rows), _AT_ONCE)]
        found = np.vstack(parts) if parts else np.empty((0, len(self.class_names)))
        return np.asarray(found, dtype=np.float32)


def fit_rows(fit: Fit, study: Study, rows: Ints, groups: Ints | None) -> Arrays:
    """Estimate by cross-validation what a classifier predicts for samples that it was not fitted to.

    Parameters
    ----------
    fit : callable
    study : Study
        Its inputs are rows of numbers.
    rows : int array (m,)
        Labeled samples, of two classes at least; other samples are predicted by a fit to all of them.
    groups : int array (m,) or None
        Of these samples; those of one group are in the same fold.

    Returns
    -------
    dict of arrays
        ``probabilities`` float32 (n, c), of fits without the sample, NaN where a fit had no two classes; ``accuracy``
        float64 (1,), the share of the labels of `rows` that they predict, in [0, 1]; NaN where there is no such fit;
        ``rows``, as given.
    """
    labels, c = study.labels[rows], len(study.class_names)
    probabilities = load_rows(fit, {"rows": rows}, study, "").probabilities(study.inputs)
    values = _training_values(study, rows)
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


def load_rows(fit: Fit, arrays: Arrays, study: Study, description: str) -> RowClassifier:
    """Return the model, which is fitted again to all of its samples, whose order changes nothing: it is no arrays.

    Parameters
    ----------
    fit : callable
    arrays : mapping of arrays
        From `fit_rows`.
    study : Study
        The same.
    description : str

    Returns
    -------
    RowClassifier
    """
    rows = arrays["rows"][np.argsort(study.ids[arrays["rows"]], kind="stable")]
    predict = fit(_training_values(study, rows), study.labels[rows], len(study.class_names))
    return RowClassifier(
        predict=predict, columns=study.inputs.shape[1], description=description, class_names=study.class_names
    )


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


def _training_values(study: Study, rows: Ints) -> Floats:
    """Return rows as precise as the inputs; NaN where a value is missing or infinite."""
    values = to_rows(study.inputs[rows])
    return np.where(np.isfinite(values), values, values.dtype.type(np.nan))
