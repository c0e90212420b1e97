"""A row of numbers, columns of which are masked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from margin_core.values import Doubles, Floats, Ints, Model
from margin_core.values.model import call_model

N_REPLACEMENTS = 8
"""Rows of replacement values, where these are sampled."""

SEED = 0


@dataclass(frozen=True, eq=False)
class MaskedRow:
    """A row whose hidden variables take replacement values.

    Attributes
    ----------
    row : float32 array (d,)
    replacements : float32 array (s, d)
        With several, the model's probabilities are averaged over them.
    variable_of : int array (d,)
        Which of the m variables each column is of: those of a category are hidden together.
    model : Model
    """

    row: Floats
    replacements: Floats
    variable_of: Ints
    model: Model

    @property
    def places(self) -> tuple[int, ...]:
        """Shape of a mask: the number of variables."""
        return (int(self.variable_of.max()) + 1,)

    def probabilities(self, visible: NDArray[np.bool_]) -> Doubles:
        """Compute the model's class probabilities of the masked row.

        Parameters
        ----------
        visible : bool array (b, m)
            Which values each of the b masks leaves.

        Returns
        -------
        float64 array (b, c)
        """
        masked = np.where(visible[:, None, self.variable_of], self.row, self.replacements)
        (predicted,) = call_model(self.model, "probabilities", masked.reshape(-1, len(self.row)))
        return np.asarray(predicted.reshape(len(visible), len(self.replacements), -1).mean(axis=1), dtype=np.float64)


def column_means(rows: Floats, variable_of: Ints) -> Floats:
    """Compute the mean of every column over the rows that have a value.

    Parameters
    ----------
    rows : float32 array (n, d)
        NaN where a value is missing.
    variable_of : int array (d,)
        Means are the same whatever it says.

    Returns
    -------
    float32 array (1, d)
        0 for a column without any value.
    """
    known = np.isfinite(rows)
    total = np.where(known, rows, 0).sum(axis=0, dtype=np.float64)
    means: Floats = (total / np.maximum(known.sum(axis=0), 1)).astype(rows.dtype)[None]
    return means


def sample_columns(rows: Floats, variable_of: Ints) -> Floats:
    """Sample values of every variable from those that occur, each variable independently and alike every time.

    Parameters
    ----------
    rows : float32 array (n, d)
        NaN where a value is missing.
    variable_of : int array (d,)
        Which variable each column is of; the columns of one are sampled together.

    Returns
    -------
    float32 array (8, d)
        0 for a variable without any value.
    """
    rng = np.random.default_rng(SEED)
    sampled: Floats = np.zeros((N_REPLACEMENTS, rows.shape[1]), rows.dtype)
    for variable in range(int(variable_of.max()) + 1):
        columns = np.flatnonzero(variable_of == variable)
        known = rows[np.isfinite(rows[:, columns]).all(axis=1)][:, columns]
        if len(known):
            sampled[:, columns] = rng.choice(known, N_REPLACEMENTS)
    return sampled
