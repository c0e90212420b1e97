"""A column of numbers, as a signal."""

from __future__ import annotations

import numpy as np

from margin_core.errors import MissingPart
from margin_core.values import Domain, Signal, Study

NUMERIC_KINDS = "fiub"
"""NumPy's kinds of numbers, and of booleans."""


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


def column_signal(study: Study, domain: Domain, name: str) -> Signal:
    """Return a column of the study as a signal, for instance the ``margin`` of an invertible classifier.

    Parameters
    ----------
    study : Study
    domain : Domain
    name : str
        Of a column of numbers.

    Returns
    -------
    Signal
        Values (m,), in the column's unit; a missing one is the mean of those that are known.

    Raises
    ------
    MissingPart
        The study has no such column of numbers.
    """
    numeric = numeric_columns(study)
    if name not in numeric:
        raise MissingPart(
            f"Study '{study.name}' has no column of numbers '{name}'. It has: {', '.join(numeric) or 'none'}."
        )
    column = study.columns[name]
    values = column[domain.rows].astype(np.float64)
    known = np.isfinite(values)
    filled = np.where(known, values, values[known].mean() if known.any() else 0.0)
    return Signal(values=filled, hypothesis=f"Samples that lie near each other have a similar {name}")
