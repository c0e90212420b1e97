"""Features of a table of numbers without a model: its columns, scaled to mean 0 and standard deviation 1."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from margin_core.errors import SourceError
from margin_core.study.notes import Note, assumption, loss
from margin_core.study.samples import counted, listed
from margin_core.values import Doubles, Floats


def standardize(source: str, values: Doubles, names: Sequence[str]) -> tuple[Floats, tuple[Note, ...]]:
    r"""Compute columns of mean 0 and standard deviation 1, over the rows that have a value.

    .. math:: z_{ij} = (x_{ij} - \bar{x}_j) / s_j

    Parameters
    ----------
    source : str
        What to call the table in an error.
    values : float array (n, d)
        Infinite counts as missing (NaN); a missing value stays missing.
    names : sequence of str, length d
        What each column is called.

    Returns
    -------
    points : float32 array (n, e), e <= d
        Without the columns that are constant or empty; NaN where a value is missing.
    notes : tuple of Note
        What was left out.

    Raises
    ------
    SourceError
        No column is left.
    """
    known = np.where(np.isfinite(values), values, np.nan)
    counts = np.isfinite(known).sum(axis=0)
    least = np.where(np.isnan(known), np.inf, known).min(axis=0, initial=np.inf)
    greatest = np.where(np.isnan(known), -np.inf, known).max(axis=0, initial=-np.inf)
    reach = greatest / 2 - least / 2
    varies = reach > 0
    constant = [name for name, drop in zip(names, ~varies & (counts > 0), strict=True) if drop]
    empty = [name for name, drop in zip(names, counts == 0, strict=True) if drop]
    if not varies.any():
        raise SourceError(
            f"'{source}': no column of numbers varies ({listed(list(names))}), so all rows are the same. "
            "Add columns that differ between rows."
        )
    # Scaled first, so that neither the mean nor the squares of huge values overflow.
    scaled = (known[:, varies] - (least[varies] / 2 + greatest[varies] / 2)) / reach[varies]
    points = (scaled - np.nanmean(scaled, axis=0)) / np.nanstd(scaled, axis=0)
    incomplete = int(np.isnan(points).any(axis=1).sum())
    notes = []
    if constant:
        notes.append(assumption(f"{counted(len(constant), 'constant column')} left out ({listed(constant)})."))
    if empty:
        notes.append(assumption(f"{counted(len(empty), 'empty column')} left out ({listed(empty)})."))
    if incomplete:
        notes.append(loss(f"{counted(incomplete, 'row')} with a missing value: kept, but without neighbors."))
    return points.astype(np.float32), tuple(notes)
