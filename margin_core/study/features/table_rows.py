"""A model of the columns of a table as they are written, asked about the numbers that MARGIN computes of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from margin_core.errors import ModelError
from margin_core.study.samples import listed_columns
from margin_core.values.arrays import AnyArray, Floats
from margin_core.values.model import describe_model
from margin_core.values.number_table import NumberTable

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False, kw_only=True)
class WrittenRowModel:
    """A model that takes frames with the columns of the file, such as a pipeline that begins with a ColumnTransformer.

    What explains a prediction changes rows of numbers; here they become values of the file again: a category its text,
    a date a time stamp.

    Attributes
    ----------
    model : Model
        Takes frames.
    table : NumberTable
        How the columns of the file became numbers.
    """

    model: Any
    table: NumberTable = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """Identity of the model."""
        return str(self.model.fingerprint)

    @property
    def description(self) -> str:
        """The model in words."""
        return str(self.model.description)

    @property
    def class_names(self) -> tuple[str, ...]:
        """Classes of the outputs, or empty."""
        return tuple(self.model.class_names)

    @property
    def classes(self) -> int:
        """Number of outputs c."""
        return int(self.model.classes)

    @property
    def gives_features(self) -> bool:
        """Whether `embed` returns features."""
        return bool(self.model.gives_features)

    @cached_property
    def takes_missing_values(self) -> bool:
        """Whether a row may lack some values: the model is asked about the first that does."""
        incomplete = np.flatnonzero(np.isnan(self.table.values).any(axis=1))[:1]
        if not len(incomplete):
            return False
        try:
            return bool(np.isfinite(self.probabilities(self.table[incomplete])).all())
        except ModelError:
            return False

    def probabilities(self, inputs: Any) -> Floats:
        """Compute class probabilities.

        Parameters
        ----------
        inputs : float array (b, d)
            Rows as of the table.

        Returns
        -------
        float32 array (b, c)
            Rows sum to 1.
        """
        probabilities: Floats = self.model.probabilities(self._frame(inputs))
        return probabilities

    def embed(self, inputs: Any) -> Floats:
        """Compute the features.

        Parameters
        ----------
        inputs : float array (b, d)
            Rows as of the table.

        Returns
        -------
        float32 array (b, e)
        """
        embedding: Floats = self.model.embed(self._frame(inputs))
        return embedding

    def both(self, inputs: Any) -> tuple[Floats, Floats]:
        """Compute features and probabilities.

        Parameters
        ----------
        inputs : float array (b, d)
            Rows as of the table.

        Returns
        -------
        embedding : float32 array (b, e)
        probabilities : float32 array (b, c)
        """
        outputs: tuple[Floats, Floats] = self.model.both(self._frame(inputs))
        return outputs

    def _frame(self, inputs: Any) -> pd.DataFrame:
        return written_frame(self.table, np.asarray(inputs, dtype=np.float64), self.model.column_names)


def as_row_model(model: Any, inputs: Any) -> Any:
    """Return a model that takes the rows of a study, from one that may name the columns that it was fitted to.

    Parameters
    ----------
    model : Model or None
    inputs : object
        Of the study.

    Returns
    -------
    Model or None
        The same, unless its columns are those of the file that the rows were computed from.

    Raises
    ------
    ModelError
        It was fitted to other columns, or in another order.
    """
    fitted = tuple(getattr(model, "column_names", ()))
    names = tuple(getattr(inputs, "names", ()))
    if not fitted or not names or fitted == names:
        return model
    if (
        getattr(model, "takes_frames", False)
        and isinstance(inputs, NumberTable)
        and set(fitted) <= set(inputs.variables)
    ):
        return WrittenRowModel(model=model, table=inputs)
    raise ModelError(
        f"{describe_model(model)} was fitted to the columns {listed_columns(fitted)}; the table has "
        f"{listed_columns(names)}. Give it these columns, in this order."
    )


def written_frame(table: NumberTable, rows: AnyArray, names: tuple[str, ...]) -> pd.DataFrame:
    """Return rows of numbers as the columns of the file that they were computed from.

    Parameters
    ----------
    table : NumberTable
        Says how they were computed.
    rows : float array (b, d)
        Rows of numbers, as the table holds them.
    names : tuple of str
        Columns of the file, in the order that is wanted.

    Returns
    -------
    DataFrame
        A number as it is; of a category, the value whose column is largest, and None where all are 0; of a date, a time
        stamp; of two words, the word.
    """
    import pandas as pd  # slow to import, and only such models need it

    places = {name: place for place, name in enumerate(table.variables)}
    return pd.DataFrame({name: _written(table, name, rows[:, table.variable_of == places[name]]) for name in names})


def _written(table: NumberTable, name: str, values: AnyArray) -> Any:
    own = values[:, 0]
    if name in table.dates:
        return np.where(np.isnan(own), np.nan, own * 86_400e9).astype("datetime64[ns]")
    columns = [
        column for column, origin in zip(table.names, table.origins or table.names, strict=True) if origin == name
    ]
    if len(columns) > 1 or columns[0] != name:
        texts = np.array([*(column.removeprefix(f"{name}=") for column in columns), None], dtype=object)
        known = np.nan_to_num(values)
        return texts[np.where((known > 0).any(axis=1), known.argmax(axis=1), len(columns))]
    words = _words(table, name)
    return own if words is None else np.array([words.get(round(value)) if value == value else None for value in own])


def _words(table: NumberTable, name: str) -> dict[int, Any] | None:
    """Return what 0 and 1 of a column were written as, where these were words; None where they were numbers."""
    written = None if table.written is None else table.written.columns.get(name)
    if written is None or str(written.type) not in ("string", "large_string", "bool"):
        return None
    column = np.asarray(table.values[:, table.names.index(name)])
    found = {}
    for value in (0, 1):
        rows = np.flatnonzero(column == value)
        if len(rows):
            found[value] = written[int(rows[0])].as_py()
    return found
