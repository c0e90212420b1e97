"""A linear classifier of rows of numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from margin_core.errors import ModelError
from margin_core.storage.fingerprint import fingerprint
from margin_core.study.models.linear_softmax import predict_softmax
from margin_core.values.arrays import Doubles, Floats, to_rows


@dataclass(frozen=True, eq=False, kw_only=True)
class LinearRowModel:
    r"""A linear classifier of rows of numbers, :math:`p(c) \propto \exp(w_c \cdot (x - m) / s + b_c)`.

    A missing value counts as the mean of its column.

    Attributes
    ----------
    weights : float32 array (c, d)
        Of the scaled columns.
    bias : float32 array (c,)
    means, deviations : float32 or float64 arrays (d,)
        m and s of the columns; s is above 0.
    description : str
        In words, for a person.
    class_names : tuple of str, length c
    column_names : tuple of str, length d
        Names of the columns; empty where they have none.
    stated_accuracy : float or None
        Share of the labels that fits without them predict, as its file states it, in [0, 1].
    """

    weights: Floats
    bias: Floats
    means: Floats | Doubles
    deviations: Floats | Doubles
    description: str
    class_names: tuple[str, ...]
    column_names: tuple[str, ...] = ()
    stated_accuracy: float | None = None

    @property
    def classes(self) -> int:
        """Number of outputs c."""
        return len(self.bias)

    @property
    def takes_missing_values(self) -> bool:
        """Whether a row may lack some values."""
        return True

    @property
    def gives_features(self) -> bool:
        """Whether `embed` returns features: it has none of its own."""
        return False

    @property
    def fingerprint(self) -> str:
        """Identity by content."""
        arrays = (self.weights, self.bias, self.means, self.deviations)
        return fingerprint("linear rows", *arrays, self.class_names, self.column_names)

    def probabilities(self, inputs: Any) -> Floats:
        """Compute class probabilities.

        Parameters
        ----------
        inputs : float array (b, d)
            Complete rows, in the columns that it was fitted on.

        Returns
        -------
        float32 array (b, c)
            Rows sum to 1.

        Raises
        ------
        ModelError
            The inputs are not such rows.
        """
        rows = check_rows(inputs, len(self.means), self.description)
        scaled = (np.where(np.isfinite(rows), rows, self.means) - self.means) / self.deviations
        return predict_softmax(scaled, self.weights, self.bias)


def check_rows(inputs: Any, columns: int, description: str) -> Floats:
    """Check that inputs are rows of numbers that a model takes, and return them.

    Parameters
    ----------
    inputs : array_like (b, d)
        NaN where a value is missing.
    columns : int
        d, as the model was fitted.
    description : str
        Of the model, for the message.

    Returns
    -------
    float32 or float64 array (b, d)
        As precise as the inputs.

    Raises
    ------
    ModelError
        They are texts, or have another shape.
    """
    try:
        rows: Floats = to_rows(inputs)
    except (TypeError, ValueError):
        raise ModelError(f"{description} takes rows of {columns:,} numbers, no texts.") from None
    if rows.ndim != 2 or rows.shape[1] != columns:
        raise ModelError(f"{description} takes rows of {columns:,} numbers; got shape {rows.shape}.")
    return rows
