"""A column of a study, or a signal that it brings, as the signal of a task."""

from __future__ import annotations

import numpy as np

from margin_core.errors import MissingPart
from margin_core.study.samples import listed_columns
from margin_core.values import Domain, Doubles, Signal, Study
from margin_core.values.number_table import NumberTable

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


def signal_names(study: Study) -> list[str]:
    """Return the names of what can be the signal of a task.

    Parameters
    ----------
    study : Study

    Returns
    -------
    list of str
        Signals, columns of numbers beside the samples, and the columns of samples that are rows of a table.
    """
    variables = study.maybe_inputs.variables if isinstance(study.maybe_inputs, NumberTable) else ()
    return list(dict.fromkeys([*study.signals, *numeric_columns(study), *variables]))


def column_values(study: Study, name: str) -> Doubles:
    """Return a signal or a column of the study as numbers.

    Parameters
    ----------
    study : Study
    name : str
        Of a signal; where there is none, of a column of numbers beside the samples, or of the samples' own table.

    Returns
    -------
    float array (n,) or (n, s)
        NaN where it is unknown. Of a category 0 and 1 for each of its s values, of a date days since 1970-01-01.

    Raises
    ------
    MissingPart
        The study has neither.
    """
    if name in study.signals:
        return study.signals[name]
    if name in numeric_columns(study):
        return study.columns[name].astype(np.float64)
    known = signal_names(study)
    if name not in known:
        raise MissingPart(
            f"Study '{study.name}' has no signal or column of numbers '{name}'. "
            f"{f'There are: {listed_columns(known, MAX_NAMED)}' if known else 'There is no other either'}."
        )
    table = study.inputs
    columns = np.flatnonzero(table.variable_of == table.variables.index(name))
    if name in table.dates:  # what follows are parts of the same date
        columns = columns[:1]
    values = np.asarray(table.values[:, columns], dtype=np.float64)
    return values[:, 0] if len(columns) == 1 else values


def column_signal(study: Study, domain: Domain, name: str) -> Signal:
    """Return a column of the study as a signal, for instance the ``margin`` of an invertible classifier.

    Parameters
    ----------
    study : Study
    domain : Domain
    name : str
        Of a signal of the study, or of a column; see `column_values`.

    Returns
    -------
    Signal
        Values (m,) or (m, s), in the column's unit; a missing one is the mean of those that are known.

    Raises
    ------
    MissingPart
        The study has no such column.
    """
    values = domain.take(column_values(study, name), np.nan)
    known = np.isfinite(values)
    mean = np.where(known, values, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    hypothesis = f"Samples that lie near each other have a similar {name}"
    return Signal(values=np.where(known, values, mean), hypothesis=hypothesis)
