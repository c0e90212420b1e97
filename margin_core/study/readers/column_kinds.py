"""The kind of each column of a table, by its values: a number, a category, a date, a text, an id.

| kind | what it is | as features |
|---|---|---|
| number | every value is one, but for marks of a missing one | the number, standardized |
| boolean | two words such as true and false, yes and no | 0 or 1 |
| category | at most `MAX_CATEGORIES` words that repeat | 0 or 1 for each of them |
| date | every value is a date | days, standardized |
| text | several words, seldom the same | none; the samples are these texts |
| id | names the row: its number, or another text in every row | none |
| other | words that hardly repeat, or a column without two values | none |
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from margin_core.study.readers.column_table import MISSING, ColumnTable
from margin_core.values import Doubles


class ColumnKind(StrEnum):
    """What the values of a column are."""

    NUMBER = "number"
    BOOLEAN = "boolean"
    CATEGORY = "category"
    DATE = "date"
    TEXT = "text"
    ID = "id"
    OTHER = "other"


FEATURE_KINDS = frozenset({ColumnKind.NUMBER, ColumnKind.BOOLEAN, ColumnKind.CATEGORY, ColumnKind.DATE})
"""Kinds from which features are computed."""

MAX_CATEGORIES = 30
"""Values that a category has at most."""

MIN_FOR_IDS = 20
"""Rows from which values that all differ say that a column names the rows, whatever it is called."""

MAX_MARKED = 0.05
"""Share of the rows in which a value does not fit the kind of its column, at most."""

_TRUE_FALSE = ({"true", "false"}, {"yes", "no"}, {"t", "f"}, {"y", "n"}, {"on", "off"})
_TRUE = frozenset({"true", "yes", "t", "y", "on", "1"})
_FALSE = frozenset({"false", "no", "f", "n", "off", "0"})
_NAMES_ROWS = re.compile(r"(?i:unnamed: \d+|index|row|row[_ ]?(id|number|no)?|id|uuid|guid|key)|.*(_id|_ID|Id|ID)")
_DECIMAL_COMMA = r"^[+-]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?([eE][+-]?\d+)?$"
_DATE_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S",
                 "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%SZ")  # fmt: skip
_MAX_MARKS = 3
"""Different texts in a column that is numbers otherwise."""
_WORDS_OF_A_TEXT, _WORDS_OF_A_SHORT_TEXT = 5.0, 2.0
_LOOKED_AT = 1_000
"""Rows by which words are counted."""


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
        Texts in a column of numbers that were read as a missing value.
    words : float
        Words in a value, on average.
    misfits : int
        Of a column whose kind is given: values that are not of this kind, nor mark a missing one.
    """

    name: str
    kind: ColumnKind
    values: Doubles | None = None
    categories: tuple[str, ...] = ()
    codes: np.ndarray | None = field(default=None, repr=False)
    marks: tuple[str, ...] = ()
    words: float = 0.0
    misfits: int = 0


def type_column(table: ColumnTable, name: str, given: ColumnKind | None = None) -> TypedColumn:
    """Return a column of a table with its kind.

    Parameters
    ----------
    table : ColumnTable
    name : str
        Of the column.
    given : ColumnKind, optional
        As the user names it; default: by the values.

    Returns
    -------
    TypedColumn
        A value that does not fit a kind that is given is missing; `ColumnKind.OTHER` where there is no value at all.
    """
    column = table.columns[name]
    if given in (ColumnKind.ID, ColumnKind.OTHER):
        return TypedColumn(name, given)
    if not pa.types.is_string(column.type):
        typed = _of_typed(table, name, column)
        if given in (None, typed.kind):
            return typed
        if given is ColumnKind.NUMBER and typed.values is not None:
            return replace(typed, kind=given)
        column = pa.chunked_array([pa.array(table.texts(name), pa.string())])
    trimmed = pc.utf8_trim_whitespace(column)
    if given in (None, ColumnKind.NUMBER):
        values = _plain_numbers(trimmed)
        if values is not None and np.isfinite(values).any():
            is_id = given is None and _names_rows(name, values)
            return TypedColumn(name, ColumnKind.ID) if is_id else _number_column(name, trimmed, values)
    distinct = [value for value in trimmed.unique().to_pylist() if value is not None]
    present = [value for value in distinct if value.lower() not in MISSING]
    if given is None:
        return _as(_kind(name, trimmed, present, len(distinct)), name, trimmed, present)
    if not present:
        return TypedColumn(name, ColumnKind.OTHER)
    typed = _as(given, name, trimmed, present)
    return replace(typed, misfits=_count_misfits(typed, trimmed))


def _count_misfits(typed: TypedColumn, trimmed: pa.ChunkedArray) -> int:
    if typed.codes is not None:
        unread = typed.codes < 0
    elif typed.values is not None:
        unread = np.isnan(typed.values)
    else:
        return 0
    missing = pc.is_in(pc.fill_null(pc.utf8_lower(trimmed), ""), pa.array(sorted(MISSING))).to_numpy()
    return int((unread & ~missing).sum())


def _of_typed(table: ColumnTable, name: str, column: pa.ChunkedArray) -> TypedColumn:
    """Return a column of a file that says what its values are."""
    if pa.types.is_duration(column.type) or pa.types.is_time(column.type):
        whole = pa.int32() if pa.types.is_time32(column.type) else pa.int64()
        ticks = column.cast(whole).cast(pa.float64()).to_numpy(zero_copy_only=False)
        return TypedColumn(name, ColumnKind.NUMBER, np.asarray(ticks, float))
    if pa.types.is_temporal(column.type):
        days = column.cast(pa.timestamp("us"), safe=False).cast(pa.int64()).to_numpy(zero_copy_only=False)
        return TypedColumn(name, ColumnKind.DATE, np.asarray(days, float) / 86_400e6)
    values = table.numbers(name)
    if values is None:
        return TypedColumn(name, ColumnKind.OTHER)
    if pa.types.is_boolean(column.type):
        return TypedColumn(name, ColumnKind.BOOLEAN, values)
    return TypedColumn(name, ColumnKind.ID if _names_rows(name, values) else ColumnKind.NUMBER, values)


def _kind(name: str, trimmed: pa.ChunkedArray, present: list[str], distinct: int) -> ColumnKind:
    n = len(trimmed)
    if len(present) < 2:
        return ColumnKind.OTHER
    if {value.lower() for value in present} in _TRUE_FALSE:
        return ColumnKind.BOOLEAN
    odd = [value for value in present if _number(value) is None]
    if len(odd) <= _MAX_MARKS and pc.sum(pc.is_in(trimmed, pa.array(odd, pa.string()))).as_py() <= MAX_MARKED * n:
        return ColumnKind.NUMBER
    if _date_format(present) is not None:
        return ColumnKind.DATE
    words = _words(trimmed)
    # Texts repeat now and then ("ok", "n/a"); categories do so nearly always.
    if words >= _WORDS_OF_A_SHORT_TEXT and len(present) > 0.5 * n:
        return ColumnKind.TEXT
    if len(present) <= MAX_CATEGORIES and (len(present) <= 0.5 * n or n < MIN_FOR_IDS):
        return ColumnKind.CATEGORY
    if distinct == n and (n >= MIN_FOR_IDS or _NAMES_ROWS.fullmatch(name)):
        return ColumnKind.ID
    return ColumnKind.CATEGORY if len(present) <= 0.2 * n else ColumnKind.OTHER


def _as(kind: ColumnKind, name: str, trimmed: pa.ChunkedArray, present: list[str]) -> TypedColumn:
    match kind:
        case ColumnKind.NUMBER:
            return _number_column(name, trimmed, _numbers(trimmed))
        case ColumnKind.BOOLEAN:
            lower = pc.utf8_lower(trimmed)
            is_true, is_false = (pc.is_in(lower, pa.array(sorted(words))).to_numpy() for words in (_TRUE, _FALSE))
            return TypedColumn(name, kind, np.where(is_true, 1.0, np.where(is_false, 0.0, np.nan)))
        case ColumnKind.DATE:
            return TypedColumn(name, kind, _days(trimmed, _date_format(present) or _likeliest_date_format(present)))
        case ColumnKind.CATEGORY:
            return _category(name, trimmed)
        case ColumnKind.TEXT:
            return TypedColumn(name, kind, words=_words(trimmed))
        case _:
            return TypedColumn(name, kind)


def _category(name: str, trimmed: pa.ChunkedArray) -> TypedColumn:
    counts = {
        pair["values"]: pair["counts"]
        for pair in trimmed.value_counts().to_pylist()
        if pair["values"] is not None and pair["values"].lower() not in MISSING
    }
    categories = sorted(counts, key=lambda value: (-counts[value], value))[:MAX_CATEGORIES]
    codes = pc.index_in(trimmed, pa.array(categories, pa.string())).fill_null(-1).to_numpy()
    return TypedColumn(name, ColumnKind.CATEGORY, categories=tuple(categories), codes=codes)


def _number(text: str) -> float | None:
    """Return the number that a text is, with a decimal point or a decimal comma."""
    try:
        return float(text) if "_" not in text else None
    except ValueError:
        return float(_with_point(text)) if re.match(_DECIMAL_COMMA, text) else None


def _with_point(text: str) -> str:
    return text.replace(".", "").replace(",", ".")


def _plain_numbers(trimmed: pa.ChunkedArray) -> Doubles | None:
    """Return a column of numbers with a decimal point; None for any other. As fast as the file is read."""
    known = pc.if_else(pc.is_in(pc.utf8_lower(trimmed), pa.array(sorted(MISSING))), None, trimmed)
    try:
        return np.asarray(known.cast(pa.float64()).to_numpy(), float)
    except pa.ArrowInvalid:
        return None


def _numbers(trimmed: pa.ChunkedArray) -> Doubles:
    """Return a number for each value, NaN for what is none; each different text is read once."""
    encoded = pc.dictionary_encode(trimmed).combine_chunks()
    texts = encoded.dictionary.to_pylist()
    numbers = [None if text is None or text.lower() in MISSING else _number(text) for text in texts]
    known = np.array([np.nan if number is None else number for number in numbers] + [np.nan])
    return np.asarray(known[encoded.indices.fill_null(-1).to_numpy()])


def _number_column(name: str, trimmed: pa.ChunkedArray, values: Doubles) -> TypedColumn:
    # Of the texts that are no number, each once.
    marks = sorted(set(pc.filter(trimmed, pa.array(np.isnan(values))).unique().to_pylist()) - {"", None})
    return TypedColumn(name, ColumnKind.NUMBER, values, marks=tuple(marks))


def _names_rows(name: str, values: Doubles) -> bool:
    """Return whether whole numbers that all differ only number the rows: 0 to n - 1 or 1 to n in some order."""
    n = len(values)
    if n < 3 or (n < MIN_FOR_IDS and not _NAMES_ROWS.fullmatch(name)) or not np.isfinite(values).all():
        return False
    whole = (values == np.floor(values)).all()
    different = len(np.unique(values)) == n
    spans = values.max() - values.min() == n - 1
    return bool(whole and different and (spans or _NAMES_ROWS.fullmatch(name) is not None))


def _date_format(present: list[str]) -> str | None:
    """Return the format in which all of some texts are dates."""
    if not present[0][:1].isdigit():
        return None
    texts = pa.array(present)
    for form in _DATE_FORMATS:
        if not pc.strptime(texts, format=form, unit="s", error_is_null=True).null_count:
            return form
    return None


def _likeliest_date_format(present: list[str]) -> str:
    """Return the format in which most of some texts are dates."""
    texts = pa.array(present)
    return min(_DATE_FORMATS, key=lambda form: pc.strptime(texts, format=form, unit="s", error_is_null=True).null_count)


def _days(trimmed: pa.ChunkedArray, form: str) -> Doubles:
    moments = pc.strptime(trimmed, format=form, unit="s", error_is_null=True).cast(pa.int64())
    return np.asarray(moments.to_pandas().to_numpy(float)) / 86_400


def _words(trimmed: pa.ChunkedArray) -> float:
    """Return how many words a value has, on average of the first rows."""
    texts = [text for text in trimmed.slice(0, _LOOKED_AT).to_pylist() if text and text.lower() not in MISSING]
    return float(np.mean([len(text.split()) for text in texts])) if texts else 0.0


def is_long_text(column: TypedColumn) -> bool:
    """Return whether a column holds sentences rather than names of a few words.

    Parameters
    ----------
    column : TypedColumn

    Returns
    -------
    bool
    """
    return column.kind is ColumnKind.TEXT and column.words >= _WORDS_OF_A_TEXT
