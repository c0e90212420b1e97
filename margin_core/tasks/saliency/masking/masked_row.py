"""A row of numbers, columns of which are hidden."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from margin_core.values import Doubles, Floats, Model

DRAWS = 8
"""Rows whose values stand in for a hidden one, by turns, when they are drawn."""

SEED = 0


@dataclass(frozen=True, eq=False)
class MaskedRow:
    """A row whose hidden columns take stand-ins.

    Attributes
    ----------
    row : float32 array (d,)
    stand_ins : float32 array (s, d)
        With several, the model's answers are averaged over them.
    model : Model
    """

    row: Floats
    stand_ins: Floats
    model: Model

    @property
    def places(self) -> tuple[int, ...]:
        """The columns."""
        return self.row.shape

    def probabilities(self, visible: NDArray[np.bool_]) -> Doubles:
        """Ask the model."""
        shown = np.where(visible[:, None], self.row, self.stand_ins)
        answers = np.asarray(self.model.probabilities(shown.reshape(-1, len(self.row))), dtype=np.float64)
        return np.asarray(answers.reshape(len(visible), len(self.stand_ins), -1).mean(axis=1))


def column_means(rows: Floats) -> Floats:
    """Give the mean of every column (n, d) over the rows that have a value: (1, d); 0 where none has."""
    known = np.isfinite(rows)
    total = np.where(known, rows, 0).sum(axis=0, dtype=np.float64)
    means: Floats = (total / np.maximum(known.sum(axis=0), 1)).astype(np.float32)[None]
    return means


def column_draws(rows: Floats) -> Floats:
    """Draw values of every column (n, d) from those that occur, each column by itself: (8, d); 0 where none does."""
    drawn = np.random.default_rng(SEED)
    columns = [column[np.isfinite(column)] for column in rows.T]
    return np.stack(
        [drawn.choice(column, DRAWS) if len(column) else np.zeros(DRAWS) for column in columns], axis=1
    ).astype(np.float32)  # fmt: skip
