"""A row of numbers, columns of which are masked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from margin_core.values import Doubles, Floats, Model
from margin_core.values.model import call_model

N_REPLACEMENTS = 8
"""Rows of replacement values, where these are sampled."""

SEED = 0


@dataclass(frozen=True, eq=False)
class MaskedRow:
    """A row whose hidden columns take replacement values.

    Attributes
    ----------
    row : float32 array (d,)
    replacements : float32 array (s, d)
        With several, the model's probabilities are averaged over them.
    model : Model
    """

    row: Floats
    replacements: Floats
    model: Model

    @property
    def places(self) -> tuple[int, ...]:
        """Shape of a mask: the number of columns."""
        return self.row.shape

    def probabilities(self, visible: NDArray[np.bool_]) -> Doubles:
        """Compute the model's class probabilities of the masked row.

        Parameters
        ----------
        visible : bool array (b, d)

        Returns
        -------
        float64 array (b, c)
        """
        masked = np.where(visible[:, None], self.row, self.replacements)
        (predicted,) = call_model(self.model, "probabilities", masked.reshape(-1, len(self.row)))
        return np.asarray(predicted.reshape(len(visible), len(self.replacements), -1).mean(axis=1), dtype=np.float64)


def column_means(rows: Floats) -> Floats:
    """Compute the mean of every column over the rows that have a value.

    Parameters
    ----------
    rows : float32 array (n, d)
        NaN where a value is missing.

    Returns
    -------
    float32 array (1, d)
        0 for a column without any value.
    """
    known = np.isfinite(rows)
    total = np.where(known, rows, 0).sum(axis=0, dtype=np.float64)
    means: Floats = (total / np.maximum(known.sum(axis=0), 1)).astype(np.float32)[None]
    return means


def sample_columns(rows: Floats) -> Floats:
    """Sample values of every column from those that occur, each column independently and alike every time.

    Parameters
    ----------
    rows : float32 array (n, d)
        NaN where a value is missing.

    Returns
    -------
    float32 array (8, d)
        0 for a column without any value.
    """
    rng = np.random.default_rng(SEED)
    columns = [column[np.isfinite(column)] for column in rows.T]
    return np.stack(
        [rng.choice(column, N_REPLACEMENTS) if len(column) else np.zeros(N_REPLACEMENTS) for column in columns], axis=1
    ).astype(np.float32)  # fmt: skip
