"""A column of numbers, or a signal that the study brings, as the signal of a task."""

from __future__ import annotations

import numpy as np

from margin_core.errors import MissingPart
from margin_core.study.samples import listed_columns
from margin_core.values import Domain, Doubles, Signal, Study

NUMERIC_KINDS = "fiub"
"""NumPy's kinds of numbers, and of booleans."""

MAX_NAMED = 12
"""Columns that a message names."""


def numeric_columns(study: Study) -> list[str]:
    """Return the names of the columns of numbers.

    Parameters
    ----------
    study : Study

    Returns
    -------
    list of str
        In the study's order.
    """
    return [name for name, values in study.columns.items() if values.dtype.kind in NUMERIC_KINDS]


def column_values(study: Study, name: str) -> Doubles:
    """Return a signal or a column of numbers of the study.

    Parameters
    ----------
    study : Study
    name : str
        Of a signal; where there is none, of a column.

    Returns
    -------
    float array (n,) or (n, s)
        NaN where it is unknown.

    Raises
    ------
    MissingPart
        The study has neither.
    """
    if name in study.signals:
        return study.signals[name]
    numeric = numeric_columns(study)
    if name not in numeric:
        known = [*study.signals, *numeric]
        raise MissingPart(
            f"Study '{study.name}' has no signal or column of numbers '{name}'. "
            f"{f'There are: {listed_columns(known, MAX_NAMED)}' if known else 'There is no other either'}."
        )
    return study.columns[name].astype(np.float64)


def column_signal(study: Study, domain: Domain, name: str) -> Signal:
    """Return a column of the study as a signal, for instance the ``margin`` of an invertible classifier.

    Parameters
    ----------
    study : Study
    domain : Domain
    name : str
        Of a signal of the study, or of a column of numbers.

    Returns
    -------
    Signal
        Values (m,) or (m, s), in the column's unit; a missing one is the mean of those that are known.

    Raises
    ------
    MissingPart
        The study has no such column of numbers.
    """
    values = column_values(study, name)[domain.rows]
    known = np.isfinite(values)
    mean = np.where(known, values, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    hypothesis = f"Samples that lie near each other have a similar {name}"
    return Signal(values=np.where(known, values, mean), hypothesis=hypothesis)
