"""Tables of a number for each sample and class, of which only the largest of a sample are stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from margin_core.values.arrays import Doubles, Ints

MAX_COMPLETE = 100
"""Up to so many classes all of them are stored."""

N_TOP = 24
"""Of more, so many a sample: a twenty-fifth guess is as good as any other."""

MAX_BLOCK_CELLS = 500_000
"""Samples times classes of a table that are held at once while its largest are picked."""


@dataclass(frozen=True, eq=False, kw_only=True)
class TopClasses:
    """A number for each of n samples and c classes; those of a sample that are not listed are equal.

    Memory is O(n m) whatever the number of classes. Where all classes are listed, as up to `MAX_COMPLETE` they are, it
    is a plain table.

    Parameters
    ----------
    n_classes : int
        c.
    values : float array (n, m)
        Of the classes that are listed; none is smaller than `rest`.
    listed : int32 array (n, m) or None
        These classes, ascending, each once; c stands for one class that is not listed. None: all, in order.
    rest : float array (n,)
        The number of every other class, of which there are c - m.
    """

    n_classes: int
    values: NDArray[np.floating]
    listed: NDArray[np.int32] | None
    rest: NDArray[np.floating]

    def __len__(self) -> int:
        return len(self.values)

    @classmethod
    def complete(cls, table: NDArray[np.floating]) -> Self:
        """Return a table of all classes as it is.

        Parameters
        ----------
        table : float array (n, c)
            A number of each sample and class.

        Returns
        -------
        TopClasses
        """
        return cls(n_classes=table.shape[1], values=table, listed=None, rest=np.zeros(len(table), table.dtype))

    @classmethod
    def of(cls, table: NDArray[np.floating]) -> Self:
        """Return the largest numbers of each row of a table, all where there are few classes.

        Parameters
        ----------
        table : float array (n, c)
            It may be memory-mapped.

        Returns
        -------
        TopClasses
            Of more than `MAX_COMPLETE` classes, `N_TOP` a sample; the others get their mean.
        """
        n, c = table.shape
        if c <= MAX_COMPLETE:
            return cls.complete(table)
        listed, values = np.empty((n, N_TOP), np.int32), np.empty((n, N_TOP), table.dtype)
        rest = np.empty(n, table.dtype)
        for rows in blocks_of_rows(n, c):
            part = np.asarray(table[rows])
            best = np.sort(np.argpartition(part, c - N_TOP, axis=1)[:, c - N_TOP :], axis=1)
            listed[rows], values[rows] = best, np.take_along_axis(part, best, axis=1)
            left = part.sum(axis=1, dtype=np.float64) - values[rows].sum(axis=1, dtype=np.float64)
            # The mean of what is smaller is no larger, but for rounding.
            rest[rows] = np.minimum(left / (c - N_TOP), values[rows].min(axis=1))
        return cls(n_classes=c, values=values, listed=listed, rest=rest)

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], name: str, n_classes: int) -> Self:
        """Return what `to_arrays` gave.

        Parameters
        ----------
        arrays : mapping of str to array
            As `to_arrays` names them; others are left alone.
        name : str
        n_classes : int

        Returns
        -------
        TopClasses
        """
        if f"{name}_classes" not in arrays:
            return cls.complete(arrays[name])
        listed, rest = arrays[f"{name}_classes"], arrays[f"{name}_rest"]
        return cls(n_classes=n_classes, values=arrays[name], listed=listed, rest=rest)

    def to_arrays(self, name: str) -> dict[str, NDArray[Any]]:
        """Return the table as arrays to be stored.

        Parameters
        ----------
        name : str
            What their names begin with.

        Returns
        -------
        dict of str to array
            One of that name, (n, c), where all classes are listed.
        """
        if self.listed is None:
            return {name: self.values}
        return {name: self.values, f"{name}_classes": self.listed, f"{name}_rest": self.rest}

    @property
    def classes(self) -> NDArray[np.integer]:
        """The classes of `values`, (n, m); c for one that is not listed."""
        if self.listed is not None:
            return self.listed
        return np.broadcast_to(np.arange(self.n_classes), self.values.shape)

    @property
    def n_unlisted(self) -> int:
        """The number of classes of each sample that have no column, c - m."""
        return self.n_classes - int(self.values.shape[1])

    @property
    def total(self) -> Doubles:
        """The sum over all classes, (n,)."""
        total: Doubles = self.values.sum(axis=1, dtype=np.float64) + self.n_unlisted * self.rest.astype(np.float64)
        return total

    def take(self, rows: Ints | None) -> Self:
        """Return some samples of the table.

        Parameters
        ----------
        rows : int array (r,) or None
            None: all.

        Returns
        -------
        TopClasses
        """
        if rows is None:
            return self
        listed = None if self.listed is None else self.listed[rows]
        return type(self)(n_classes=self.n_classes, values=self.values[rows], listed=listed, rest=self.rest[rows])

    def map(self, function: Callable[[Doubles], Doubles]) -> Self:
        """Return a table of a function of the numbers that does not change their order.

        Parameters
        ----------
        function : callable
            Of a float array, element by element.

        Returns
        -------
        TopClasses
            In double precision.
        """
        values, rest = (function(part.astype(np.float64)) for part in (self.values, self.rest))
        return type(self)(n_classes=self.n_classes, values=values, listed=self.listed, rest=rest)

    def at(self, classes: NDArray[np.integer]) -> NDArray[np.floating]:
        """Return the numbers of given classes of each sample.

        Parameters
        ----------
        classes : int array (n, q)
            c for any class that is not listed.

        Returns
        -------
        float array (n, q)
        """
        if self.listed is None:
            return np.take_along_axis(self.values, np.asarray(classes, np.int64), axis=1)
        wide, first = self.n_classes + 1, np.arange(len(self))[:, None] * (self.n_classes + 1)
        known = (first + self.listed).ravel()
        asked = first + classes
        place = np.minimum(np.searchsorted(known, asked), known.size - 1)
        found = (known[place] == asked) & (asked % wide != self.n_classes)
        return np.where(found, self.values.ravel()[place], self.rest[:, None])

    def at_one(self, classes: Ints) -> NDArray[np.floating]:
        """Return the number of one class of each sample.

        Parameters
        ----------
        classes : int array (n,)
            Of a negative one, any number.

        Returns
        -------
        float array (n,)
        """
        return self.at(np.maximum(classes, 0)[:, None])[:, 0]

    def with_one(self, classes: Ints, value: float) -> Self:
        """Return the table with another number for one class of each sample, where that is listed.

        Parameters
        ----------
        classes : int array (n,)
            Negative: none.
        value : float

        Returns
        -------
        TopClasses
        """
        changed = self.values.copy()
        if self.listed is None:
            rows = np.flatnonzero(classes >= 0)
            changed[rows, classes[rows]] = value
        else:
            changed[self.listed == classes[:, None]] = value
        return type(self)(n_classes=self.n_classes, values=changed, listed=self.listed, rest=self.rest)

    def argmax(self) -> Ints:
        """Return the listed class with the largest number, the first of equal ones.

        Returns
        -------
        int array (n,)
        """
        best: Ints = self.values.argmax(axis=1)
        if self.listed is None:
            return best
        found = self.listed[np.arange(len(self)), best].astype(np.int64)
        return np.where(found < self.n_classes, found, 0)

    def dense(self) -> NDArray[np.floating]:
        """Return the numbers of all classes.

        Returns
        -------
        float array (n, c)
        """
        if self.listed is None:
            return self.values
        whole = np.repeat(self.rest[:, None], self.n_classes + 1, axis=1)
        np.put_along_axis(whole, self.listed.astype(np.int64), self.values, axis=1)
        return whole[:, : self.n_classes]


def softmax_of(logits: TopClasses) -> TopClasses:
    r"""Compute :math:`e^{z_c} / \sum_r e^{z_r}` over all classes of each sample.

    Parameters
    ----------
    logits : TopClasses

    Returns
    -------
    TopClasses
        Probabilities; the classes of a sample sum to 1.
    """
    top = logits.values.max(axis=1)
    values, rest = np.exp(logits.values - top[:, None]), np.zeros(len(top))
    total = values.sum(axis=1)
    if logits.n_unlisted:
        rest = np.exp(logits.rest - top)
        total += logits.n_unlisted * rest
    values /= total[:, None]
    return TopClasses(n_classes=logits.n_classes, values=values, listed=logits.listed, rest=rest / total)


def all_listed(tables: Sequence[TopClasses]) -> NDArray[np.int32] | None:
    """Return the classes that any of several tables lists, sample by sample.

    Parameters
    ----------
    tables : sequence of TopClasses
        Of the same samples and classes.

    Returns
    -------
    int32 array (n, m) or None
        As `TopClasses.listed`; None where a table lists all.
    """
    parts = [table.listed for table in tables if table.listed is not None]
    if len(parts) < len(tables):
        return None
    n_classes, each = tables[0].n_classes, np.sort(np.concatenate(parts, axis=1), axis=1)
    each[:, 1:][each[:, 1:] == each[:, :-1]] = n_classes
    each.sort(axis=1)
    width = int((each < n_classes).sum(axis=1).max(initial=1))
    return np.ascontiguousarray(each[:, : min(width, n_classes)])


def blocks_of_rows(n_rows: int, n_columns: int) -> Iterator[slice]:
    """Return slices of rows whose cells fit into memory beside everything else.

    Parameters
    ----------
    n_rows, n_columns : int

    Yields
    ------
    slice
        At most `MAX_BLOCK_CELLS` cells, at least one row.
    """
    step = max(MAX_BLOCK_CELLS // max(n_columns, 1), 1)
    for first in range(0, n_rows, step):
        yield slice(first, min(first + step, n_rows))
