"""Rows of class probabilities that a file lacks: a value in them is missing, or not finite."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from margin_core.errors import SourceError
from margin_core.study.notes import Note, loss
from margin_core.study.samples import worded
from margin_core.values import AnyArray


def notes_of_lacking_probabilities(path: Path, probabilities: AnyArray) -> Iterator[Note]:
    """Yield a loss where rows of class probabilities have a value that is missing or not finite.

    Parameters
    ----------
    path : Path
        Of the file, for the message.
    probabilities : array (n, c)
        In [0, 1]; NaN or infinite where one is lacking.

    Yields
    ------
    Note
        Of these rows; the study takes each as saying nothing, all classes being equally likely.

    Raises
    ------
    SourceError
        No row is complete.
    """
    n = len(probabilities)
    lacking = n - int(np.isfinite(probabilities).all(axis=1).sum())
    if lacking and lacking == n:
        raise SourceError(
            f"'{path}': each row of probabilities has a value that is missing or not finite. Compute them again, or "
            "leave them out."
        )
    if lacking:
        have = worded(lacking, "has", "have")
        yield loss(
            f"{lacking:,} of {n:,} rows of probabilities {have} a value that is missing or not finite: taken as all "
            "classes being equally likely."
        )
