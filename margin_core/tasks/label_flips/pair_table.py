"""A number for each pair of classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from margin_core.values import Doubles


@dataclass(frozen=True, eq=False)
class PairTable:
    """A square table over the classes; of many classes all pairs of different ones share one number.

    Parameters
    ----------
    n_classes : int
        c.
    table : float array (c, c), or (2,)
        The numbers; or that of a class with itself, and that of any two classes.
    """

    n_classes: int
    table: Doubles

    @classmethod
    def of(cls, table: Doubles) -> Self:
        """Return a table of given numbers.

        Parameters
        ----------
        table : float array (c, c)
            A number of each pair of classes.

        Returns
        -------
        PairTable
        """
        return cls(len(table), table)

    @classmethod
    def even(cls, n_classes: int, share: float) -> Self:
        """Return a table whose rows sum to 1, and in which all other classes are as likely.

        Parameters
        ----------
        n_classes : int
            c.
        share : float in [0, 1]
            Of all others together.

        Returns
        -------
        PairTable
        """
        others = share if n_classes > 1 else 0.0
        return cls(n_classes, np.array([1 - others, others / max(n_classes - 1, 1)]))

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], name: str) -> Self:
        """Return what `to_arrays` gave.

        Parameters
        ----------
        arrays : mapping of str to array
            As `to_arrays` names them; others are left alone.
        name : str

        Returns
        -------
        PairTable
        """
        return cls(int(arrays[f"{name}_classes"]), np.asarray(arrays[name]))

    def to_arrays(self, name: str) -> dict[str, NDArray[Any]]:
        """Return the table as arrays to be stored.

        Parameters
        ----------
        name : str
            What their names begin with.

        Returns
        -------
        dict of str to array
        """
        return {name: self.table, f"{name}_classes": np.array(self.n_classes)}

    def take(self, first: NDArray[np.integer], second: NDArray[np.integer]) -> Doubles:
        """Return the numbers of given pairs.

        Parameters
        ----------
        first, second : int arrays
            Of shapes that broadcast.

        Returns
        -------
        float array
            Of the common shape.
        """
        if self.table.ndim > 1:
            found: Doubles = self.table[first, second]
            return found
        even: Doubles = np.where(first == second, self.table[0], self.table[1])
        return even

    def others_of(self, first: int) -> Doubles:
        """Return the numbers of one class with each other one.

        Parameters
        ----------
        first : int

        Returns
        -------
        float array (c,)
            0 for the class with itself.
        """
        numbers = self.take(np.array(first), np.arange(self.n_classes))
        numbers[first] = 0
        return numbers

    @property
    def sums_of_others(self) -> Doubles:
        """The sum of the numbers of each class with all others, (c,)."""
        if self.table.ndim < 2:
            return np.full(self.n_classes, (self.n_classes - 1) * self.table[1])
        without = self.table.copy()
        np.fill_diagonal(without, 0)
        sums: Doubles = without.sum(axis=1)
        return sums
