"""The kind of each column of a table, by its values: a number, a category, a date, a text, an id.

| kind | what it is | as features |
|---|---|---|
| number | every value is one (each with the same unit, perhaps) or marks a missing one | the number, standardized |
| boolean | two words such as true and false, yes and no | 0 or 1 |
| category | at most `MAX_CATEGORIES` words that repeat | 0 or 1 for each of them |
| date | every value is a date | days, standardized; time of year and weekday as sine and cosine |
| text | several words, seldom the same | none; the samples are these texts |
| id | names the row: its number, or another text in every row | none |
| other | words that hardly repeat, or a column without two values | none |
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from margin_core.study.readers.column_table import MISSING_VALUES, ColumnTable
from margin_core.study.readers.distinct_texts import DistinctTexts
from margin_core.study.readers.written_dates import (
    find_ambiguous_date,
    find_date_format,
    find_likeliest_date_format,
    find_usual_date_format,
    read_days,
)
from margin_core.study.readers.written_numbers import PlainNumbers, is_written_otherwise, plain_numbers
from margin_core.study.readers.written_units import Measured, strip_unit
from margin_core.study.samples import quoted
from margin_core.study.typed_column import ColumnKind, TypedColumn
from margin_core.values import Doubles

MAX_CATEGORIES = 30
"""Values that a category has at most."""

MIN_FOR_IDS = 20
"""Rows from which values that all differ say that a column names the rows, whatever it is called."""

DATE_MONTH_FIRST = f"{ColumnKind.DATE}-month-first"
"""What the user calls a date whose month comes before the day."""

MAX_MARKED = 0.05
"""Share of the rows in which a value does not fit the kind of its column, at most."""

_TRUE_FALSE = ({"true", "false"}, {"yes", "no"}, {"t", "f"}, {"y", "n"}, {"on", "off"})
_TRUE = frozenset({"true", "yes", "t", "y", "on", "1"})
_FALSE = frozenset({"false", "no", "f", "n", "off", "0"})
_NAMES_ROWS = re.compile(r"(?i:unnamed: \d+|index|row|row[_ ]?(id|number|no)?|id|uuid|guid|key)|.*(_id|_ID|Id|ID)")
_MAX_MARKS = 3
"""Different texts in a column that is numbers otherwise."""
_WITHOUT_UNIT = "the unit '{}' taken off"
_THOUSANDS = "the {} between thousands ('{}' is {})"
_DECIMALS = "the dot as a decimal point ('{}' is {})"
_NEGATIVE = "those in parentheses as negative ('{}')"
_DAY_FIRST = "the day before the month ('{}'). Where the month comes first, choose --feature {}"
_YEAR = r"(1[5-9]|20|21)\d\d"
_LOOKS = {
    "numbers": r"^[^\pL\d]{0,3}\d[\d.,'’ \x{a0}\x{202f}\x{2009}]*[^\pL\d]{0,3}$",
    "dates": rf"^{_YEAR}([/.-]\d\d?|\D{{1,3}}\d\d?\D{{1,3}}\d\d?(\D.*)?)$|^\d\d?\D{{1,3}}\d\d?\D{{1,3}}{_YEAR}(\D.*)?$",
}
"""What numbers and dates look like, however they are written; names such as ``030-123`` or ``F-013`` do not."""
_WORDS_OF_A_TEXT, _WORDS_OF_A_SHORT_TEXT = 5.0, 2.0
_LOOKED_AT = 1_000
"""Rows by which words are counted."""


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
    if given is None and name in table.index:
        return TypedColumn(name, ColumnKind.ID)
    if given in (ColumnKind.ID, ColumnKind.OTHER):
        return TypedColumn(name, given)
    if not pa.types.is_string(column.type):
        typed = _of_typed(table, name, column)
        if given in (None, typed.kind):
            return typed
        if given is ColumnKind.NUMBER and typed.values is not None:
            return replace(typed, kind=given)
        column = pa.chunked_array([pa.array(table.texts(name), pa.string())])
    texts = DistinctTexts.of(column, _LOOKED_AT)
    if given in (None, ColumnKind.NUMBER):
        values = texts.plain_numbers()
        if values is not None and np.isfinite(values).any():
            is_id = given is None and _names_rows(name, values)
            return TypedColumn(name, ColumnKind.ID) if is_id else _number_column(name, texts, values)
    if given is None:
        typed = _as_found(name, texts)
        if typed.kind in (ColumnKind.BOOLEAN, ColumnKind.DATE):
            return typed
        if typed.kind is ColumnKind.NUMBER and not any(map(is_written_otherwise, typed.marks)):
            return typed
        plain = plain_numbers(texts)
        if plain is None or (found := _as_found(name, plain.texts)).kind is not ColumnKind.NUMBER:
            return typed
        return _with_negative(found, plain)
    if not len(texts.present):
        return TypedColumn(name, ColumnKind.OTHER)
    if name in table.month_first:
        typed = _date_column(name, texts, month_first=True)
    elif given is ColumnKind.NUMBER and (plain := plain_numbers(texts)) is not None:
        typed = _as(given, name, plain.texts, strip_unit(plain.texts, _MAX_MARKS, MAX_MARKED))
        typed = _with_negative(typed, plain)
    else:
        typed = _as(given, name, texts, strip_unit(texts, _MAX_MARKS, MAX_MARKED))
    if typed.kind is ColumnKind.DATE:
        typed = replace(typed, marks=())  # they are counted
    return replace(typed, misfits=_count_misfits(typed, texts))


def _count_misfits(typed: TypedColumn, texts: DistinctTexts) -> int:
    if typed.codes is not None:
        unread = typed.codes < 0
    elif typed.values is not None:
        unread = np.isnan(typed.values)
    else:
        return 0
    return int((unread & ~texts.by_row(texts.is_mark, True).astype(bool)).sum())


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
        return TypedColumn(name, ColumnKind.OTHER, is_constant=column.null_count == len(column))
    if pa.types.is_boolean(column.type):
        return TypedColumn(name, ColumnKind.BOOLEAN, values)
    return TypedColumn(name, ColumnKind.ID if _names_rows(name, values) else ColumnKind.NUMBER, values)


def _kind(name: str, texts: DistinctTexts) -> tuple[ColumnKind, Measured | str | None]:
    """Return the kind, and the values without their unit where they are numbers with one, the format of dates."""
    n, present = len(texts.codes), texts.present
    if len(present) < 2:
        return ColumnKind.OTHER, None
    if len(present) == 2 and {value.lower() for value in present.to_pylist()} in _TRUE_FALSE:
        return ColumnKind.BOOLEAN, None
    odd = texts.odd_among_numbers(_MAX_MARKS)
    if odd is not None and texts.counts[odd].sum() <= MAX_MARKED * n:
        return ColumnKind.NUMBER, None
    if (form := find_date_format(present) or _format_of_nearly_all(texts)) is not None:
        return ColumnKind.DATE, form
    if (measured := strip_unit(texts, _MAX_MARKS, MAX_MARKED)) is not None:
        return ColumnKind.NUMBER, measured
    return _kind_of_words(name, texts), None


def _as_found(name: str, texts: DistinctTexts) -> TypedColumn:
    """Return texts with the kind that their values show."""
    kind, found = _kind(name, texts)
    return _date_column(name, texts, found) if isinstance(found, str) else _as(kind, name, texts, found)


def _with_negative(column: TypedColumn, plain: PlainNumbers) -> TypedColumn:
    """Return a column with the remark that numbers in parentheses are negative, if there are any."""
    remarks = [remark for remark in (column.remark, plain.negative and _NEGATIVE.format(plain.negative)) if remark]
    return replace(column, remark=" and ".join(remarks))


def _kind_of_words(name: str, texts: DistinctTexts) -> ColumnKind:
    n, present = len(texts.codes), texts.present
    # Texts repeat now and then ("ok", "n/a"); categories do so nearly always.
    if len(present) > 0.5 * n and _words(texts) >= _WORDS_OF_A_SHORT_TEXT:
        return ColumnKind.TEXT
    if len(present) <= MAX_CATEGORIES and (len(present) <= 0.5 * n or n < MIN_FOR_IDS):
        return ColumnKind.CATEGORY
    if len(texts.texts) == n and (n >= MIN_FOR_IDS or _NAMES_ROWS.fullmatch(name)):
        return ColumnKind.ID
    return ColumnKind.CATEGORY if len(present) <= 0.2 * n else ColumnKind.OTHER


def _format_of_nearly_all(texts: DistinctTexts) -> str | None:
    """Return the format in which all but a few texts are dates."""
    form = find_usual_date_format(texts.present)
    if form is None:
        return None
    odd = np.isnan(read_days(texts.texts, form)) & ~texts.is_mark
    are_few = odd.sum() <= _MAX_MARKS and texts.counts[odd].sum() <= MAX_MARKED * len(texts.codes)
    return form if are_few else None


def _as(kind: ColumnKind, name: str, texts: DistinctTexts, measured: Measured | None) -> TypedColumn:
    match kind:
        case ColumnKind.NUMBER:
            if measured is None:
                return _number_column(name, texts, texts.numbers())
            return _number_column(name, measured.texts, measured.texts.numbers(), measured.unit)
        case ColumnKind.BOOLEAN:
            lower = pc.utf8_lower(texts.texts)
            is_true, is_false = (np.asarray(pc.is_in(lower, pa.array(sorted(words)))) for words in (_TRUE, _FALSE))
            values = np.where(is_true, 1.0, np.where(is_false, 0.0, np.nan))
            return TypedColumn(name, kind, np.asarray(texts.by_row(values, np.nan), float))
        case ColumnKind.DATE:
            return _date_column(name, texts)
        case ColumnKind.CATEGORY:
            return _category(name, texts)
        case ColumnKind.TEXT:
            return TypedColumn(name, kind, words=_words(texts))
        case ColumnKind.ID | ColumnKind.OTHER if unread := _looks_like(name, texts):
            return TypedColumn(name, ColumnKind.OTHER, unread=unread, example=str(texts.present[0].as_py()))
        case _:
            return TypedColumn(name, kind, distinct=len(texts.present), is_constant=len(texts.present) < 2)


def _looks_like(name: str, texts: DistinctTexts) -> str:
    """Return "numbers" or "dates" where nearly all of many texts look so; empty where they look otherwise."""
    some = texts.present.slice(0, _LOOKED_AT)
    if len(some) < MIN_FOR_IDS or _NAMES_ROWS.fullmatch(name):
        return ""
    for what, pattern in _LOOKS.items():
        if pc.sum(pc.match_substring_regex(some, pattern)).as_py() >= (1 - MAX_MARKED) * len(some):
            return what
    return ""


def _category(name: str, texts: DistinctTexts) -> TypedColumn:
    places = texts.most_frequent(MAX_CATEGORIES)
    code_of = np.full(len(texts.texts), -1)
    code_of[places] = np.arange(len(places))
    categories = tuple(texts.texts.take(pa.array(places)).to_pylist())
    codes = np.asarray(texts.by_row(code_of, -1))
    return TypedColumn(name, ColumnKind.CATEGORY, categories=categories, codes=codes)


def _number_column(name: str, texts: DistinctTexts, values: Doubles, unit: str = "") -> TypedColumn:
    remarks = [_WITHOUT_UNIT.format(unit)] if unit else []
    if doubtful := texts.doubtful_thousands:
        remarks.append(_THOUSANDS.format("comma", doubtful, doubtful.replace(",", "")))
    if doubtful := texts.doubtful_decimals:
        remarks.append(_DECIMALS.format(doubtful, f"{float(doubtful):g}"))
    if dotted := texts.dotted_thousands:
        remarks.append(_THOUSANDS.format("dot", dotted, dotted.replace(".", "")))
    read = np.zeros(len(texts.texts), dtype=bool)
    read[texts.codes[~np.isnan(values) & (texts.codes >= 0)]] = True
    marks = sorted(set(texts.texts.filter(pa.array(~read)).to_pylist()) - {""})
    return TypedColumn(name, ColumnKind.NUMBER, values, marks=tuple(marks), remark=" and ".join(remarks))


def _date_column(name: str, texts: DistinctTexts, form: str | None = None, *, month_first: bool = False) -> TypedColumn:
    present = texts.present
    form = form or find_date_format(present, month_first=month_first)
    form = form or find_likeliest_date_format(present, month_first=month_first)
    of_texts = read_days(texts.texts, form)
    days = np.asarray(texts.by_row(of_texts, np.nan), float)
    marks = texts.texts.filter(pa.array(np.isnan(of_texts) & ~texts.is_mark)).to_pylist()
    doubtful = find_ambiguous_date(present, form)
    remark = _DAY_FIRST.format(doubtful, quoted(f"{name}:{DATE_MONTH_FIRST}")) if doubtful else ""
    return TypedColumn(name, ColumnKind.DATE, days, marks=tuple(sorted(marks)), remark=remark)


def _names_rows(name: str, values: Doubles) -> bool:
    """Return whether whole numbers that all differ only number the rows: 0 to n - 1 or 1 to n in some order."""
    n, is_named = len(values), _NAMES_ROWS.fullmatch(name) is not None
    if n < 3 or (n < MIN_FOR_IDS and not is_named):
        return False
    # The cheapest first: nearly all columns of numbers fail it.
    if not is_named and values.max() - values.min() != n - 1:
        return False
    whole = np.isfinite(values).all() and (values == np.floor(values)).all()
    return bool(whole and len(np.unique(values)) == n)


def _words(texts: DistinctTexts) -> float:
    """Return how many words a value has, on average of the first rows."""
    counts = [len(text.split()) for text in texts.first if text and text.lower() not in MISSING_VALUES]
    return float(np.mean(counts)) if counts else 0.0


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
