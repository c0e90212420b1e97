"""A column of numbers, as a signal."""

from __future__ import annotations

import numpy as np

from margin_core.errors import MissingPart
from margin_core.values import Domain, Signal, Study


def known_column(study: Study, domain: Domain, name: str) -> Signal:
    """Put a column of the study on its nodes, for instance the ``margin`` of an invertible classifier.

    A missing value takes the mean of those that are known, so that it neither pulls nor is pulled.

    Raises
    ------
    MissingPart
        The study has no such column of numbers.
    """
    column = study.columns.get(name)
    if column is None or column.dtype.kind not in "fiub":
        numbers = [known for known, values in study.columns.items() if values.dtype.kind in "fiub"]
        raise MissingPart(
            f"Study '{study.name}' has no column of numbers '{name}'. It has: {', '.join(numbers) or 'none'}."
        )
    values = column[domain.rows].astype(np.float64)
    known = np.isfinite(values)
    filled = np.where(known, values, values[known].mean() if known.any() else 0.0)
    return Signal(values=filled, hypothesis=f"Samples that lie near each other have a like {name}")
