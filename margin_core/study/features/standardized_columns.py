"""Features of a table without a model: its columns, scaled so that each counts alike, gaps filled by the mean."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from margin_core.errors import SourceError
from margin_core.study.notes import Note, assumption
from margin_core.study.samples import counted, listed_columns
from margin_core.values import Doubles, Floats

_FIRST_ROWS = 1_000


def standardize(
    source: str,
    values: Doubles,
    names: Sequence[str],
    unscaled: NDArray[np.bool_] | None = None,
    origins: Sequence[str] | None = None,
) -> tuple[Floats, tuple[Note, ...]]:
    r"""Compute columns of mean 0 and standard deviation 1, over the rows that have a value.

    .. math:: z_{ij} = (x_{ij} - \bar{x}_j) / s_j

    Parameters
    ----------
    source : str
        What to call the table in an error.
    values : float array (n, d)
        Infinite counts as missing (NaN).
    names : sequence of str, length d
        What each column is called.
    unscaled : bool array (d,), optional
        Columns that are not divided by their standard deviation. Of zeros and ones, so that two rows of different
        categories lie as far apart as two rows drawn from a standardized column on average, however rare these
        categories are: both have an expected squared distance of 2. Of the sine and cosine of a part of a date, so that
        both together count like one standardized column.
    origins : sequence of str, length d, optional
        Columns of the table that each comes from, in which missing values are counted; default: `names`.

    Returns
    -------
    points : float32 array (n, e), e <= d
        Without the columns that are constant or empty. A missing value is 0, the mean; a row without any value is NaN.
    notes : tuple of Note
        What was left out or replaced.

    Raises
    ------
    SourceError
        No column is left.
    """
    known = np.where(np.isfinite(values), values, np.nan)
    counts = np.isfinite(known).sum(axis=0)
    least, greatest = _ends(known)
    reach = greatest / 2 - least / 2
    varies = reach > 0
    constant = [name for name, drop in zip(names, ~varies & (counts > 0), strict=True) if drop]
    empty = [name for name, drop in zip(names, counts == 0, strict=True) if drop]
    if not varies.any():
        raise SourceError(
            f"'{source}': no column of numbers varies ({listed_columns(names)}), so all rows are the same. "
            "Add columns that differ between rows."
        )
    # Scaled first, so that neither the mean nor the squares of huge values overflow.
    scaled = (known[:, varies] - (least[varies] / 2 + greatest[varies] / 2)) / reach[varies]
    deviation = np.nanstd(scaled, axis=0)
    if unscaled is not None:
        deviation[unscaled[varies]] = 1 / reach[varies & unscaled]
    points = (scaled - np.nanmean(scaled, axis=0)) / deviation
    missing = np.isnan(points)
    points[missing & ~missing.all(axis=1, keepdims=True)] = 0.0
    notes = []
    if constant:
        notes.append(assumption(f"{counted(len(constant), 'constant column')} left out ({listed_columns(constant)})."))
    if empty:
        notes.append(assumption(f"{counted(len(empty), 'empty column')} left out ({listed_columns(empty)})."))
    if missing.any():
        of, first = np.unique(np.array(origins or names)[varies], return_index=True)
        gaps = dict(zip(of.tolist(), missing[:, first].sum(axis=0).tolist(), strict=True))
        found = [name for name in dict.fromkeys(origins or names) if gaps.get(name)]
        values_missing = counted(sum(gaps.values()), "missing value")
        notes.append(assumption(f"{values_missing} replaced by the mean of the column ({listed_columns(found)})."))
    return points.astype(np.float32), tuple(notes)


def varying_columns(values: Doubles) -> NDArray[np.bool_]:
    """Return which columns `standardize` keeps: those in which two values differ.

    Parameters
    ----------
    values : float array (n, d)
        Columns of numbers; NaN where a value is missing.

    Returns
    -------
    bool array (d,)
    """
    varies = np.zeros(values.shape[1], dtype=bool)
    for rows in (slice(_FIRST_ROWS), slice(None)):  # nearly every column that varies does so in the first rows
        rest = np.flatnonzero(~varies)
        some = values[rows, rest]
        least, greatest = _ends(np.where(np.isfinite(some), some, np.nan))
        varies[rest] = greatest > least
    return varies


def _ends(known: Doubles) -> tuple[Doubles, Doubles]:
    """Return the least and the greatest value of each column; infinite the other way round in an empty one."""
    least = np.where(np.isnan(known), np.inf, known).min(axis=0, initial=np.inf)
    greatest = np.where(np.isnan(known), -np.inf, known).max(axis=0, initial=-np.inf)
    return least, greatest
