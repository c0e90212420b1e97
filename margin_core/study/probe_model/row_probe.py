"""The model of rows of numbers: their columns, scaled, and a linear probe."""

from __future__ import annotations

import numpy as np

from margin_core.storage.engine import Arrays
from margin_core.study.models.linear_rows import LinearRowModel
from margin_core.study.probe_model.linear_fit import fit_linear
from margin_core.values import Doubles, Ints, Study
from margin_core.values.arrays import to_rows

TITLE = "scaled columns and a linear probe"


def fit(study: Study, rows: Ints, groups: Ints | None) -> Arrays:
    """Fit the probe on some rows; a missing value counts as the mean of its column.

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
        As of `fit_linear` on the scaled columns; their ``means`` and ``deviations``, as precise as the
        inputs, (d,); and ``columns`` uint8, their names in UTF-8, one a line.
    """
    values = to_rows(study.inputs)[rows]
    known = np.isfinite(values)
    counts = np.maximum(known.sum(axis=0), 1)
    means = np.where(known, values, 0).sum(axis=0, dtype=np.float64) / counts
    filled = np.where(known, values, means).astype(values.dtype)
    deviations = filled.std(axis=0, dtype=np.float64) if values.dtype == np.float32 else _deviations(filled)
    deviations[deviations == 0] = 1.0
    scaled = ((filled - means) / deviations).astype(np.float32)
    fitted = fit_linear(scaled, study.labels[rows], len(study.class_names), ids=study.ids[rows], groups=groups)
    names = "\n".join(getattr(study.inputs, "names", ()))
    return {
        **fitted,
        "means": means.astype(values.dtype),
        "deviations": deviations.astype(values.dtype),
        "columns": np.frombuffer(names.encode(), np.uint8),
    }


def _deviations(values: Doubles) -> Doubles:
    """Return standard deviations of columns whose squares may be beyond double precision."""
    largest = np.abs(values).max(axis=0, initial=0)
    largest[largest == 0] = 1.0
    return np.asarray((values / largest).std(axis=0) * largest)


def load(arrays: Arrays, study: Study, description: str) -> LinearRowModel:
    """Return the model.

    Parameters
    ----------
    arrays : mapping of arrays
        From `fit`.
    study : Study
        The same.
    description : str

    Returns
    -------
    LinearRowModel
    """
    return LinearRowModel(
        weights=arrays["weights"], bias=arrays["bias"], means=arrays["means"], deviations=arrays["deviations"],
        description=description, class_names=study.class_names,
        column_names=tuple(filter(None, arrays["columns"].tobytes().decode().split("\n"))),
    )  # fmt: skip
