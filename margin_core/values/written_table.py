"""The rows of a table as its file has them: what people see, whatever numbers are computed of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

NO_VALUE = "–"
"""Stands where a value is missing."""


class ShownValue(NamedTuple):
    """A value of a sample as people read it.

    Attributes
    ----------
    name : str
        Of its column.
    value : str
    is_feature : bool
        Whether features are computed from the column.
    """

    name: str
    value: str
    is_feature: bool = True


@dataclass(frozen=True, eq=False)
class WrittenTable:
    """Columns of a table as they were read.

    Attributes
    ----------
    columns : mapping of str to pyarrow array (n,)
        By name, in the order of the file.
    features : frozenset of str
        Columns from which features are computed.
    """

    columns: Mapping[str, Any]
    features: frozenset[str]

    def row(self, number: int) -> Iterator[ShownValue]:
        """Yield the values of a row, features first, else in the order of the file.

        None is read before it is asked for.

        Parameters
        ----------
        number : int

        Yields
        ------
        ShownValue
        """
        for is_feature in (True, False):
            for name, column in self.columns.items():
                if (name in self.features) == is_feature:
                    yield ShownValue(name, written_value(column[number].as_py()), is_feature)


def written_value(value: Any) -> str:
    """Return a value as a person would write it.

    Parameters
    ----------
    value : object
        Of a column; None or NaN where it is missing.

    Returns
    -------
    str
    """
    if value is None or value != value or value == "":
        return NO_VALUE
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.10g}"
    return str(value)
