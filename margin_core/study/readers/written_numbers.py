"""Numbers as people write them: thousands apart, a minus sign of typesetters, negative ones in parentheses."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from margin_core.study.readers.distinct_texts import DistinctTexts

_BETWEEN_THOUSANDS = "['’ʼ \u00a0\u202f\u2009]"
_APART = rf"^([^\d(]*\(?[^\d(]*)([1-9]\d{{0,2}}(?:{_BETWEEN_THOUSANDS}\d{{3}})+)(\D.*)?$"
_IN_PARENTHESES = r"^\(\s*([^()+\-−]*\d[^()]*)\)$"
_MINUS = "−"
_SPECIAL = rf"{_MINUS}|^\(.*\)$|\d{_BETWEEN_THOUSANDS}\d{{3}}"

_BEGIN = re.compile(r"[(+\-−]?\s*[^\w\s]{0,3}\s*[+\-−]?\.?\d")
"""How a number begins, one with a currency among them."""

_OTHERWISE = re.compile(_SPECIAL)
_BEGUN = 20
"""Texts whose beginning is looked at before all of them are."""


@dataclass(frozen=True, eq=False)
class PlainNumbers:
    """A column of numbers in which only digits, signs, points and commas are left.

    Attributes
    ----------
    texts : DistinctTexts
        As they were but for that; the same text may occur twice.
    negative : str
        The first of those in parentheses, which are negative; empty where there is none.
    """

    texts: DistinctTexts
    negative: str


def is_written_otherwise(text: str) -> bool:
    """Return whether a text may be a number that `plain_numbers` makes plain.

    Parameters
    ----------
    text : str

    Returns
    -------
    bool
    """
    return _OTHERWISE.search(text) is not None


def plain_numbers(texts: DistinctTexts) -> PlainNumbers | None:
    """Return texts with thousands together, a plain minus, and a minus for parentheses.

    Parameters
    ----------
    texts : DistinctTexts

    Returns
    -------
    PlainNumbers or None
        None where most do not look like numbers, or nothing had to be changed.
    """
    first = texts.present.slice(0, _BEGUN).to_pylist()
    if 2 * sum(_BEGIN.match(text) is not None for text in first) <= len(first):
        return None
    if not pc.any(pc.match_substring_regex(texts.texts, _SPECIAL)).as_py():
        return None
    in_parentheses = pc.match_substring_regex(texts.texts, _IN_PARENTHESES)
    plain = pc.replace_substring(texts.texts, _MINUS, "-")
    plain = pc.if_else(in_parentheses, pc.replace_substring_regex(plain, _IN_PARENTHESES, r"-\1"), plain)
    together = pc.replace_substring_regex(plain, rf"(\d){_BETWEEN_THOUSANDS}(\d)", r"\1\2")
    plain = pc.if_else(pc.match_substring_regex(plain, _APART), together, plain)
    negative = texts.texts.filter(in_parentheses)
    return PlainNumbers(
        replace(texts, texts=plain.cast(pa.string())), str(negative[0].as_py()) if len(negative) else ""
    )
