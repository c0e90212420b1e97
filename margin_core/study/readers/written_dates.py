"""Dates as people write them: the format in which all texts of a column are dates."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from margin_core.values import Doubles

_DAY_FIRST = ("%d/%m/%y", "%d/%m/%Y", "%d-%m-%y", "%d-%m-%Y")
_MONTH_FIRST = ("%m/%d/%y", "%m/%d/%Y", "%m-%d-%y", "%m-%d-%Y")
_DATES = {
    r"\d{8}$": ("%Y%m%d",),
    r"\d{4}年": ("%Y年%m月%d日",),
    r"\d{4}-": ("%Y-%m-%d",),
    r"\d{4}/": ("%Y/%m/%d",),
    r"\d{4}\.": ("%Y.%m.%d",),
    r"\d\d?\.\d": ("%d.%m.%y", "%d.%m.%Y"),
    r"\d\d?/": (*_DAY_FIRST[:2], *_MONTH_FIRST[:2]),
    r"\d\d?-\d": (*_DAY_FIRST[2:], *_MONTH_FIRST[2:]),
    r"\d\d?-[A-Za-z]": ("%d-%b-%y", "%d-%b-%Y"),
    r"\d\d? [A-Za-z]": ("%d %b %Y",),
    r"\d\d?\. ?[A-Za-z]": ("%d. %b %Y",),
    r"(?i)(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)": ("%b %d %Y", "%b %d, %Y"),
    r"(?i)(mon|tue|wed|thu|fri|sat|sun)": ("%a, %d %b %Y",),
}
"""How a text begins, and the formats that come into question; ``%b`` reads the whole name of a month, too."""
_BEGINS_WITH_DAY = re.compile("^%d([/.-])%m")
_TIMES = (" %H:%M:%S", "T%H:%M:%S", " %H:%M", "T%H:%M", "T%H:%M:%SZ", " %I:%M %p", " %I:%M:%S %p")

_ISO = "ISO 8601"
"""With fractions of a second or an offset from UTC, which no format of the C library has."""
_IS_ISO = r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})?$"
_HAS_ZONE = r"(Z|[+-]\d{2}:?\d{2})$"
_HAS_YEAR = r"(^|\D)\d{4}(\D|$)"
_FIELDS = {
    " ": r"\s*", "d": r"(?P<day>\d\d?)", "Y": r"\d{4}", "y": r"\d\d", "m": r"\d\d?",
    "b": r"\pL+", "a": r"\pL+", "p": r"\pL+",
}  # fmt: skip
"""What the parts of a format stand for; others are digits."""
_LOOKED_AT = 1_000
"""Texts that are looked at before all of them are."""
_BEGUN = 20
"""Texts of which most have to be like dates before one format is looked for."""


def find_date_format(present: pa.StringArray, *, month_first: bool = False) -> str | None:
    """Return the format in which all of some texts are dates.

    Parameters
    ----------
    present : StringArray
        At least one, none of which means a missing value.
    month_first : bool
        Whether the month is known to come before the day where both are numbers.

    Returns
    -------
    str or None
        None where there is none. Of dates that could be read both ways, the day comes before the month, unless
        `month_first`.
    """
    forms = _formats(present[0].as_py(), month_first)
    return next((form for form in forms if _are_dates(present, form)), None)


def find_likeliest_date_format(present: pa.StringArray, *, month_first: bool = False) -> str:
    """Return the format in which most of some texts are dates.

    Parameters
    ----------
    present : StringArray
    month_first : bool
        As for `find_date_format`.

    Returns
    -------
    str
    """
    texts = present.slice(0, _LOOKED_AT).to_pylist()
    forms = dict.fromkeys(form for text in texts for form in _formats(text, month_first))
    return min((*forms, _ISO), key=lambda form: int(np.isnan(read_days(present, form)).sum()))


def find_usual_date_format(present: pa.StringArray) -> str | None:
    """Return the format in which most of some texts are dates, if most look like dates at all.

    Parameters
    ----------
    present : StringArray

    Returns
    -------
    str or None
    """
    first = present.slice(0, _BEGUN).to_pylist()
    if 2 * sum(next(_formats(text, False), None) is not None for text in first) <= len(first):
        return None
    return find_likeliest_date_format(present.slice(0, _LOOKED_AT))


def find_ambiguous_date(present: pa.StringArray, form: str) -> str:
    """Return a date that shows that the month could come first as well.

    Parameters
    ----------
    present : StringArray
    form : str
        In which they are dates.

    Returns
    -------
    str
        Such as ``03/04/2021``, of which day and month differ; empty where the order is certain or changes nothing.
    """
    other = next((month for day, month in zip(_DAY_FIRST, _MONTH_FIRST, strict=True) if form.startswith(day)), None)
    if other is None:
        return ""
    swapped = other + form[len(other) :]
    if not _are_dates(present, swapped):
        return ""
    differ = np.flatnonzero(read_days(present, form) != read_days(present, swapped))
    return str(present[int(differ[0])].as_py()) if len(differ) else ""


def read_days(texts: pa.StringArray, form: str) -> Doubles:
    """Return texts as days.

    Parameters
    ----------
    texts : StringArray, length d
    form : str
        Of those above.

    Returns
    -------
    float array (d,)
        Since 1970-01-01, of UTC where an offset is written; NaN for what is no date.
    """
    if "%Y" in form and not form.startswith("%Y%m"):  # It reads 21 as the year 21, and 05/01/21 as one of the year 5.
        texts = pc.if_else(pc.match_substring_regex(texts, _HAS_YEAR), texts, None)
    moments = _iso_moments(texts) if form == _ISO else pc.strptime(texts, format=form, unit="s", error_is_null=True)
    per_day = 86_400e6 if form == _ISO else 86_400
    if form != _ISO:
        moments = _without_days_beyond(texts, moments, form)
    counts = moments.cast(pa.int64()).cast(pa.float64())
    return np.asarray(counts.to_numpy(zero_copy_only=False), float) / per_day


def _without_days_beyond(texts: pa.StringArray, moments: pa.Array, form: str) -> pa.Array:
    """Return moments without those of days that their month does not have: the C library makes March 2 of February 30.

    Such a day becomes the first, second or third of a month, so only these are looked at again.
    """
    doubtful = pc.fill_null(pc.less_equal(pc.day(moments), 3), False)
    if not pc.any(doubtful).as_py():
        return moments
    pattern = re.sub(
        r"%(.)|(\s+)", lambda part: _FIELDS.get(part[1] or " ", r"\d+"), re.escape(form).replace(r"\ ", " ")
    )
    some = pc.filter(texts, doubtful)
    written = pc.struct_field(pc.extract_regex(some, rf"^\s*{pattern}"), "day").cast(pa.int64())
    kept = pc.fill_null(pc.equal(written, pc.day(pc.filter(moments, doubtful))), True)
    return pc.replace_with_mask(moments, doubtful, pc.if_else(kept, pc.filter(moments, doubtful), None))


def _formats(text: str, month_first: bool) -> Iterator[str]:
    """Yield formats in which a text may be a date, the likeliest first."""
    for begin, known in _DATES.items():
        if re.match(begin, text):
            forms = dict.fromkeys(_BEGINS_WITH_DAY.sub(r"%m\1%d", form) for form in known) if month_first else known
            yield from (form + time for form in forms for time in (_TIMES if ":" in text else ("",)))
    if ":" in text:
        yield _ISO


def _are_dates(present: pa.StringArray, form: str) -> bool:
    return all(
        not np.isnan(read_days(texts, form)).any()
        for texts in (present.slice(0, 1), present.slice(0, _LOOKED_AT), present)
    )


def _iso_moments(texts: pa.StringArray) -> pa.Array:
    iso = pc.if_else(pc.match_substring_regex(texts, _IS_ISO), texts, None)
    with_zone = pc.match_substring_regex(iso, _HAS_ZONE)
    try:
        utc = pc.if_else(with_zone, iso, None).cast(pa.timestamp("us", "UTC")).cast(pa.timestamp("us"))
        return pc.coalesce(utc, pc.if_else(with_zone, None, iso).cast(pa.timestamp("us")))
    except pa.ArrowInvalid:  # One of them looks like a date and is none: 2021-02-30.
        are_days = pa.array(~np.isnan(read_days(pc.utf8_slice_codeunits(iso, 0, 10), "%Y-%m-%d")))
        if pc.all(pc.fill_null(pc.or_(are_days, pc.is_null(iso)), True)).as_py():  # it is the time of day that is none
            return pa.nulls(len(texts), pa.timestamp("us"))
        return _iso_moments(pc.if_else(are_days, texts, None))
