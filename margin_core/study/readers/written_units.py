"""Numbers that are written with their unit, such as ``$1,000.20``, ``5.0%`` and ``12 kg``."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from margin_core.study.readers.distinct_texts import DistinctTexts, are_numbers

_CURRENCIES = "$€£¥₹₽₩₺₫฿₴₦"
_CODES = "USD|EUR|GBP|JPY|CNY|CHF|INR|CAD|AUD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|BRL|RUB|KRW|TRY|MXN|ZAR|HKD|SGD|Rs\\.?"
_BLANK = r"[\s\x{a0}\x{202f}]"
_WITH_UNIT = (
    rf"^(?P<sign>[+-]?)(?P<before>(?:[A-Z]{{0,3}}[{_CURRENCIES}]|{_CODES})?){_BLANK}*"
    rf"(?P<inner>[+-]?)(?P<number>\d[\d.,]*){_BLANK}*"
    rf"(?P<behind>(?:[\p{{L}}%‰°º{_CURRENCIES}'\"″′][\p{{L}}\p{{N}}%°²³⁻¹/·^*.'\"-]{{0,11}}(?: \p{{L}}{{1,10}})?)?)$"
)
"""A sign and a currency before the number, a unit of one or two words behind it; each may be missing.

Words before a number are no units: ``plot 7`` and ``F-013`` are names.
"""

_BEGIN = re.compile(rf"[+-]?(?:[A-Z]{{0,3}}[{_CURRENCIES}]|{_CODES})?\s*[+-]?\d")
"""How a text of this kind begins."""

_BEGUN, _LOOKED_AT = 20, 1_000
"""Texts whose beginning is looked at, and that are looked at whole, before all of them are."""


@dataclass(frozen=True, eq=False)
class Measured:
    """A column of numbers, without the unit that nearly all of them are written with.

    Attributes
    ----------
    texts : DistinctTexts
        As they were, but for the unit; the same text may occur twice.
    unit : str
        As it is written most often.
    """

    texts: DistinctTexts
    unit: str


def strip_unit(texts: DistinctTexts, limit: int, share: float) -> Measured | None:
    """Return numbers without the unit that nearly all of them are written with.

    Parameters
    ----------
    texts : DistinctTexts
    limit : int
        Different texts that may be no number of this unit.
    share : float
        Of the rows, that may be written without the unit or be no number.

    Returns
    -------
    Measured or None
        None where the values have no unit, or more than so few have another or none.
    """
    if not _may_have_unit(texts.present.slice(0, _LOOKED_AT)):
        return None
    found = pc.extract_regex(texts.texts, pattern=_WITH_UNIT)
    plain = _join(found, "sign", "inner", "number")
    is_number = are_numbers(pc.fill_null(plain, "")) & ~texts.is_mark
    units = pc.dictionary_encode(pc.fill_null(_join(found, "before", "behind"), ""))
    spellings = units.dictionary.to_pylist()
    spelling = np.where(is_number, units.indices.to_numpy(), -1)
    names = list(dict.fromkeys(map(_name, spellings)))
    name_of = np.array([*(names.index(_name(each)) for each in spellings), -1])[spelling]
    rows = np.bincount(name_of + 1, weights=texts.counts, minlength=len(names) + 1)[1:]
    by_rows = sorted((place for place, name in enumerate(names) if name), key=lambda place: -rows[place])
    if not by_rows:
        return None
    has_unit, is_plain = name_of == by_rows[0], name_of == (names.index("") if "" in names else len(names))
    odd = ~(has_unit | is_plain | texts.is_mark)
    without = texts.counts[odd | is_plain].sum()
    if odd.sum() > limit or without > share * len(texts.codes) or without >= rows[by_rows[0]]:
        return None
    written = np.bincount(spelling[has_unit], weights=texts.counts[has_unit], minlength=len(spellings))
    bare = pc.if_else(pa.array(has_unit | is_plain), plain, texts.texts)
    return Measured(replace(texts, texts=bare), spellings[int(written.argmax())])


def _may_have_unit(some: pa.StringArray) -> bool:
    """Return whether most of some texts look so; it costs less than to try all, or than the pattern, which is large."""
    first = some.slice(0, _BEGUN).to_pylist()
    if 2 * sum(_BEGIN.match(text) is not None for text in first) <= len(first):
        return False
    return bool(len(some)) and 2 * pc.sum(pc.match_substring_regex(some, _WITH_UNIT)).as_py() > len(some)


def _join(found: pa.StructArray, *groups: str) -> pa.StringArray:
    return pc.binary_join_element_wise(*(pc.struct_field(found, group) for group in groups), "")


def _name(unit: str) -> str:
    """Return what spellings of a unit have in common: ``Years`` and ``year`` are one."""
    name = unit.casefold().rstrip(".")
    return name[:-1] if len(name) > 2 and name.endswith("s") else name
