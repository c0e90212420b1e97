"""A column of a table with its kind: what reading it finds, and features are computed from."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from margin_core.values import Doubles


class ColumnKind(StrEnum):
    """The kinds of values that a column can have."""

    NUMBER = "number"
    BOOLEAN = "boolean"
    CATEGORY = "category"
    DATE = "date"
    TEXT = "text"
    ID = "id"
    OTHER = "other"


FEATURE_KINDS = frozenset({ColumnKind.NUMBER, ColumnKind.BOOLEAN, ColumnKind.CATEGORY, ColumnKind.DATE})
"""Kinds from which features are computed."""


@dataclass(frozen=True, eq=False)
class TypedColumn:
    """A column with its kind.

    Attributes
    ----------
    name : str
    kind : ColumnKind
    values : float array (n,) or None
        Of a number, a boolean (0 and 1) or a date (days since 1970-01-01); NaN where it is missing.
    categories : tuple of str
        Of a category, the most frequent first.
    codes : int array (n,) or None
        Of a category: its place in `categories`; -1 where it is missing.
    marks : tuple of str
        Texts in a column of numbers, or dates, that were read as a missing value.
    remark : str
        What was assumed of how the values are written, in words that follow "read as dates, "; empty where nothing was.
    words : float
        Words in a value, on average.
    misfits : int
        Of a column whose kind is given: values that are not of this kind, nor mark a missing one.
    distinct : int
        Of another kind than those above: different values, as far as they were counted.
    unread : str
        Of another kind than those above: "numbers" or "dates", which its values look like and cannot be read as.
    example : str
        One of these values.
    is_constant : bool
        Of another kind than those above: whether it has no two values, so that nothing is lost without it.
    """

    name: str
    kind: ColumnKind
    values: Doubles | None = None
    categories: tuple[str, ...] = ()
    codes: np.ndarray | None = field(default=None, repr=False)
    marks: tuple[str, ...] = ()
    remark: str = ""
    words: float = 0.0
    misfits: int = 0
    distinct: int = 0
    unread: str = ""
    example: str = ""
    is_constant: bool = False
