"""The place of each value of a row among those of a class."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

from margin_core.domain.hash_sample import hash_sample
from margin_core.study.inputs.sample_display import columns_beside, named_values, shown_kind
from margin_core.values import UNLABELED, Doubles, Floats, Ints, Study
from margin_core.values.written_table import written_value

UNUSUAL = 0.05
"""A value is unusual in a class where at most this share of the class lies as far out, or has so rare a category."""

MAX_COMPARED = 2_000
"""Members of a class that a row is compared with."""

_CLASSES_KEPT = 64

_NUMBERS = "fiub"
"""Kinds of arrays whose values are numbers."""

_MISSING = ("", "None", "nan")


@dataclass(frozen=True)
class ValuePlace:
    """The place of a value among those of a class, the sample itself left out.

    Attributes
    ----------
    share : float
        In [0, 1]. Of a number: the share of the known values below it, equal ones counted by half. Of a category, and
        of a missing value: the share of the class that has the same.
    typicality : float
        In (0, 1]: the share of the class that lies as far out in either direction, or whose category is as rare, the
        value itself counted with it. Low is unusual.
    """

    share: float
    typicality: float

    @property
    def is_unusual(self) -> bool:
        """Whether the class hardly has such a value."""
        return self.typicality <= UNUSUAL


@dataclass(frozen=True)
class PlacedValue:
    """A value of a row with its places.

    Attributes
    ----------
    name : str
        Of the column.
    value : str
        As it was written.
    is_number : bool
        Whether it has a place in an order; else it is a category, or missing.
    given, suggested : ValuePlace or None
        Among the given and the suggested class; None without such a class, and where its values are not known.
    """

    name: str
    value: str
    is_number: bool
    given: ValuePlace | None
    suggested: ValuePlace | None

    @property
    def is_unusual(self) -> bool:
        """Whether its given class hardly has such a value."""
        return self.given is not None and self.given.is_unusual


@dataclass(frozen=True, eq=False)
class ColumnPlaces:
    """Columns of a study, to compare the values of a sample with those of others.

    Attributes
    ----------
    study : Study
    names : tuple of str, length m
        Of the columns, in their order.
    codes : float32 array (n, m)
        Numbers; of a category the number of its value. NaN where a value is missing.
    is_number : bool array (m,)
        Whether a column has an order.
    spread : float array (m,)
        Standard deviation of each column that has an order.
    write : callable
        From a row and places among the columns to the values, as they were written.
    """

    study: Study
    names: tuple[str, ...]
    codes: Floats
    is_number: NDArray[np.bool_]
    spread: Doubles
    write: Callable[[int, Sequence[int]], list[str]] = field(repr=False)
    _members: LRUCache[int, Ints] = field(default_factory=lambda: LRUCache(_CLASSES_KEPT), repr=False)

    @classmethod
    def from_study(cls, study: Study) -> ColumnPlaces | None:
        """Return the columns of a study whose samples are rows: those that are features.

        Parameters
        ----------
        study : Study

        Returns
        -------
        ColumnPlaces or None
            None where its samples are no rows.

        Examples
        --------
        >>> import numpy as np
        >>> study = Study.build(inputs=np.arange(100.0).reshape(50, 2), labels=["a", "b"] * 25)
        >>> places = ColumnPlaces.from_study(study)
        >>> [(one.name, one.given.share) for one in places.row(48, given=0, suggested=1)]
        [('column 1', 1.0), ('column 2', 1.0)]
        """
        if shown_kind(study) != "values":
            return None
        table = study.inputs
        written = getattr(table, "written", None)
        names = [one.name for one in named_values(study, 0) if one.is_feature]
        numbers = np.asarray(table, dtype=np.float32).reshape(len(study), -1)
        if written is None:
            codes, is_number = numbers, np.ones(len(names), dtype=bool)
        else:
            codes = np.empty((len(study), len(names)), dtype=np.float32)
            is_number = np.zeros(len(names), dtype=bool)
            place = {name: column for column, name in enumerate(table.names)}
            for column, name in enumerate(names):
                if name in place:
                    codes[:, column] = numbers[:, place[name]]
                    is_number[column] = True
                else:
                    codes[:, column] = _category_codes(written.columns[name])
        return cls._of_codes(study, names, codes, is_number, partial(_write_row, study, names))

    @classmethod
    def beside(cls, study: Study) -> ColumnPlaces | None:
        """Return the columns that came beside samples that are pictures or texts.

        Parameters
        ----------
        study : Study

        Returns
        -------
        ColumnPlaces or None
            Without those that name the samples rather than tell them apart; None where there are no others.

        Examples
        --------
        >>> study = Study.build(inputs=["one", "two"] * 9, labels=["a", "b"] * 9, columns={"size": [1, 9, 2] * 6})
        >>> [(one.name, one.value) for one in ColumnPlaces.beside(study).row(4, given=0, suggested=1)]
        [('size', '9')]
        """
        found = {name: column for name, column in columns_beside(study).items() if _tells_apart(column)}
        if not found:
            return None
        codes = np.empty((len(study), len(found)), dtype=np.float32)
        is_number = np.zeros(len(found), dtype=bool)
        for place, column in enumerate(found.values()):
            is_number[place] = column.dtype.kind in _NUMBERS
            codes[:, place] = column if is_number[place] else _text_codes(column)
        return cls._of_codes(study, [*found], codes, is_number, partial(_write_beside, [*found.values()]))

    @classmethod
    def _of_codes(
        cls, study: Study, names: Sequence[str], codes: Floats, is_number: NDArray[np.bool_],
        write: Callable[[int, Sequence[int]], list[str]],
    ) -> ColumnPlaces:  # fmt: skip
        # A column of two values, such as yes and no, has no order to speak of.
        for column in np.flatnonzero(is_number).tolist():
            is_number[column] = _has_more_than_two(codes[:, column])
        spread = np.zeros(len(names))
        rows = hash_sample(study.ids, MAX_COMPARED)
        for column in range(len(names)):
            known = codes[rows, column]
            known = known[np.isfinite(known)].astype(np.float64)
            spread[column] = known.std() if len(known) else 0.0
        return cls(study, tuple(names), codes, is_number, spread, write)

    def row(self, row: int, given: int, suggested: int) -> list[PlacedValue]:
        """Place the values of a row among its given and its suggested class.

        Parameters
        ----------
        row : int
        given, suggested : int
            Classes; `UNLABELED` for none.

        Returns
        -------
        list of PlacedValue, length m
            In the order of the columns.
        """
        written = self.written(row, range(len(self.names)))
        own, other = self._places(row, given), self._places(row, suggested)
        known = np.isfinite(self.codes[row])
        return [
            PlacedValue(name, written[column], bool(self.is_number[column] and known[column]), *places)
            for column, (name, *places) in enumerate(zip(self.names, own, other, strict=True))
        ]

    def written(self, row: int, columns: Sequence[int]) -> list[str]:
        """Return some values of a row as they were written.

        Parameters
        ----------
        row : int
        columns : sequence of int
            Places among the columns.

        Returns
        -------
        list of str
            In the order that was asked for.
        """
        return self.write(row, columns)

    def differs(self, row: int, other: int) -> NDArray[np.bool_]:
        """Return in which columns two rows differ.

        Parameters
        ----------
        row, other : int

        Returns
        -------
        bool array (m,)
            Numbers that are more than a standard deviation of the column apart, other categories, and values that one
            of the rows lacks.
        """
        one, two = self.codes[row].astype(np.float64), self.codes[other].astype(np.float64)
        lacks = np.isnan(one) != np.isnan(two)
        with np.errstate(invalid="ignore"):
            apart = np.abs(one - two)
            differs: NDArray[np.bool_] = lacks | np.where(self.is_number, apart > self.spread, apart > 0)
        return differs

    def telling_columns(self, label: int, against: int) -> list[int]:
        """Order the columns by how well each tells two classes apart.

        Parameters
        ----------
        label, against : int
            Classes; `UNLABELED`: the samples of all but the other.

        Returns
        -------
        list of int, length m
            The largest difference of the distributions first: the Kolmogorov-Smirnov statistic of numbers, the total
            variation distance of categories; ties in the order of the columns. That order where a class has no member.
        """
        one, two = self._members_or_rest(label, against), self._members_or_rest(against, label)
        if not len(one) or not len(two):
            return list(range(len(self.names)))
        apart = [
            _distance(self.codes[one, column], self.codes[two, column], bool(self.is_number[column]))
            for column in range(len(self.names))
        ]
        return sorted(range(len(self.names)), key=lambda column: (-apart[column], column))

    def _members_or_rest(self, label: int, other: int) -> Ints:
        if label != UNLABELED:
            return self._members_of(label)
        rows = np.flatnonzero((self.study.labels != other) & (self.study.labels != UNLABELED))
        return rows[hash_sample(self.study.ids[rows], MAX_COMPARED)]

    def _places(self, row: int, label: int) -> Sequence[ValuePlace | None]:
        """Return the place of each value of a row among the members of a class."""
        members = self._members_of(label)
        members = members[members != row]
        if not len(members):
            return [None] * len(self.names)
        values, own = self.codes[members], self.codes[row]
        with np.errstate(invalid="ignore"):
            known = np.isfinite(values)
            below, equal = (values < own).sum(axis=0), (values == own).sum(axis=0)
        counts = known.sum(axis=0)
        missing = len(members) - counts
        found: list[ValuePlace | None] = []
        for column in range(len(self.names)):
            n = int(counts[column])
            if np.isnan(own[column]):
                share = missing[column] / len(members)
                found.append(ValuePlace(float(share), float((1 + missing[column]) / (1 + len(members)))))
            elif n == 0:
                found.append(None)
            elif self.is_number[column]:
                low, same = int(below[column]), int(equal[column])
                outside = min(low + same, n - low)
                found.append(ValuePlace((low + same / 2) / n, min(1.0, 2 * (1 + outside) / (1 + n))))
            else:
                own_values = values[:, column][known[:, column]].astype(np.int64)
                times = np.bincount(own_values)
                as_rare = int(times[times <= int(equal[column])].sum())
                found.append(ValuePlace(int(equal[column]) / len(members), (1 + as_rare) / (1 + n)))
        return found

    def _members_of(self, label: int) -> Ints:
        if label == UNLABELED:
            return np.empty(0, dtype=np.int64)
        known = self._members.get(label)
        if known is None:
            rows = np.flatnonzero(self.study.labels == label)
            known = self._members[label] = rows[hash_sample(self.study.ids[rows], MAX_COMPARED)]
        return known


def order_by_typicality(values: Sequence[PlacedValue]) -> list[int]:
    """Order the values of a row by how unusual they are in its given class.

    Parameters
    ----------
    values : sequence of PlacedValue, length m

    Returns
    -------
    list of int, length m
        Places in the sequence, the most unusual first, ties in their order.
    """
    typicality = [1.0 if one.given is None else one.given.typicality for one in values]
    return sorted(range(len(values)), key=lambda place: (typicality[place], place))


def _distance(one: Floats, two: Floats, is_number: bool) -> float:
    """Return how far apart the distributions of two samples are, in [0, 1]; missing values are a category."""
    lacking = abs(float(np.isnan(one).mean()) - float(np.isnan(two).mean()))
    first, second = one[~np.isnan(one)], two[~np.isnan(two)]
    if not len(first) or not len(second):
        return lacking
    values = np.unique(np.concatenate([first, second]))
    shares = [np.searchsorted(np.sort(part), values, side="right") / len(part) for part in (first, second)]
    if is_number:
        return max(lacking, float(np.abs(shares[0] - shares[1]).max()))
    times = [np.diff(share, prepend=0.0) for share in shares]
    return max(lacking, float(np.abs(times[0] - times[1]).sum()) / 2)


def _write_row(study: Study, names: Sequence[str], row: int, columns: Sequence[int]) -> list[str]:
    table = getattr(study.inputs, "written", None)
    if table is None:
        values = named_values(study, row)
        return [values[column].value for column in columns]
    # No other is read.
    return [written_value(table.columns[names[column]][row].as_py()) for column in columns]


def _write_beside(found: Sequence[NDArray[Any]], row: int, columns: Sequence[int]) -> list[str]:
    return [written_value(found[column][row].item()) for column in columns]


def _tells_apart(column: NDArray[Any]) -> bool:
    """Return whether the values of a column are numbers, or texts of which few differ."""
    return column.dtype.kind in _NUMBERS or len(np.unique(column.astype(str))) <= max(len(column) // 2, 1)


def _text_codes(column: NDArray[Any]) -> Doubles:
    names, codes = np.unique(column.astype(str), return_inverse=True)
    return np.where(np.isin(names, _MISSING)[codes], np.nan, codes.astype(np.float64))


def _category_codes(column: Any) -> Doubles:
    """Return a number for each value of a column as it was read, NaN where there is none."""
    encoded = column.combine_chunks().dictionary_encode() if hasattr(column, "combine_chunks") else column
    if hasattr(encoded, "combine_chunks"):
        encoded = encoded.combine_chunks()
    codes: Doubles = np.asarray(encoded.indices.to_numpy(zero_copy_only=False), dtype=np.float64)
    names = encoded.dictionary.to_pylist()
    empty = [code for code, name in enumerate(names) if name is None or name == "" or name != name]
    codes[np.isin(codes, empty)] = np.nan
    return codes


def _has_more_than_two(values: NDArray[np.floating]) -> bool:
    known = values[np.isfinite(values)]
    others = known[known != known[0]] if len(known) else known
    return bool(len(others) and (others != others[0]).any())
