"""A column of texts as its different values: what is asked of the column is asked of each of them once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from margin_core.study.readers.column_table import MISSING_VALUES
from margin_core.study.readers.doubtful_decimals import find_doubtful_decimal
from margin_core.values import Doubles, Ints

DECIMAL_POINT = r"(?i)^[+-]?((\d+\.?\d*|\.\d+)(e[+-]?\d+)?|inf|infinity)$"
DECIMAL_COMMA = r"(?i)^[+-]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?(e[+-]?\d+)?$"
COMMAS_BETWEEN_THOUSANDS = r"^[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?$"
_DOTS_BETWEEN_THOUSANDS = r"^[+-]?[1-9]\d{0,2}(\.\d{3})+(,\d*)?$"
_TWO_DOTS = r"\..*\."
_CERTAINLY_BETWEEN_THOUSANDS = r",.*[.,]"

_MARKS = pa.array(sorted(MISSING_VALUES))
_LONGEST_MARK = max(len(text) for text in MISSING_VALUES)
_LOOKED_AT = 1_000
"""Texts that are looked at before all of them are."""


@dataclass(frozen=True, eq=False)
class DistinctTexts:
    """A column of n texts, without blanks around them.

    Attributes
    ----------
    texts : StringArray, length d
        The different ones.
    codes : int array (n,)
        Place of each row's text in `texts`; -1 where there is none.
    first : list of str or None
        Texts of the first rows.
    """

    texts: pa.StringArray
    codes: Ints
    first: list[str | None]

    @classmethod
    def of(cls, column: pa.ChunkedArray, first: int) -> DistinctTexts:
        """Return the different texts of a column.

        Parameters
        ----------
        column : ChunkedArray of str
        first : int
            So many rows are kept as they are.

        Returns
        -------
        DistinctTexts
        """
        encoded = pc.dictionary_encode(column).combine_chunks()
        indices = encoded.indices.fill_null(-1) if encoded.null_count else encoded.indices
        codes = indices.to_numpy(zero_copy_only=False)
        texts = pc.utf8_trim_whitespace(encoded.dictionary)
        if not texts.equals(encoded.dictionary):  # Some may differ by blanks only.
            again = pc.dictionary_encode(texts)
            texts, codes = again.dictionary, np.append(again.indices.to_numpy(), -1)[codes]
        return cls(texts, codes, pc.utf8_trim_whitespace(column.slice(0, first)).to_pylist())

    @cached_property
    def is_mark(self) -> NDArray[np.bool_]:
        """Which of the texts mean a missing value, bool ``(d,)``."""
        if not pc.any(pc.less_equal(pc.binary_length(self.texts), _LONGEST_MARK)).as_py():
            return np.zeros(len(self.texts), bool)
        return np.asarray(pc.is_in(pc.utf8_lower(self.texts), _MARKS))

    @cached_property
    def present(self) -> pa.StringArray:
        """The texts that are values."""
        return self.texts.filter(pa.array(~self.is_mark)) if self.is_mark.any() else self.texts

    @cached_property
    def counts(self) -> Ints:
        """Rows of each text, int ``(d,)``."""
        return np.bincount(self.codes + 1, minlength=len(self.texts) + 1)[1:]

    def by_row(self, of_texts: NDArray[np.generic], otherwise: object) -> NDArray[np.generic]:
        """Return a value for each row from one for each text.

        Parameters
        ----------
        of_texts : array (d,)
            A value of each different text, in their order.
        otherwise : scalar
            Where there is no text.

        Returns
        -------
        array (n,)
        """
        return np.append(of_texts, np.array([otherwise], of_texts.dtype))[self.codes]

    def plain_numbers(self) -> Doubles | None:
        """Return the number of each row where all texts are numbers with a decimal point; otherwise None.

        Returns
        -------
        float array (n,) or None
            NaN where a value is missing.
        """
        if not len(self.present) or not _is_like_a_number(self.present[0].as_py()):
            return None
        try:
            known = pc.if_else(pa.array(self.is_mark), None, self.texts).cast(pa.float64())
        except pa.ArrowInvalid:
            return None
        return np.asarray(self.by_row(known.to_numpy(zero_copy_only=False), np.nan), float)

    def odd_among_numbers(self, limit: int) -> NDArray[np.bool_] | None:
        """Return which of the texts are no numbers and mean no missing value.

        Parameters
        ----------
        limit : int
            So many are of interest.

        Returns
        -------
        bool array (d,) or None
            None where there are more.
        """
        for texts, is_mark in ((self.texts[:_LOOKED_AT], self.is_mark[:_LOOKED_AT]), (self.texts, self.is_mark)):
            odd = ~(are_numbers(texts) | is_mark)
            if odd.sum() > limit:
                return None
        return odd

    def numbers(self) -> Doubles:
        """Return the number of each row, with a decimal point or comma; NaN for what is none.

        Returns
        -------
        float array (n,)
            What divides thousands is decided by all texts: beside ``1.234,5`` or ``1.234.567``, a ``1.234`` is no
            fraction.
        """
        is_number = pa.array(self._is_number)
        turned = pc.replace_substring(pc.replace_substring(self.texts, ".", ""), ",", ".")
        if self._commas_divide_thousands:
            plain = pc.replace_substring(self.texts, ",", "")
        elif self._dots_divide_thousands:
            plain = turned
        else:
            plain = pc.if_else(pc.match_substring_regex(self.texts, DECIMAL_POINT), self.texts, turned)
        known = pc.if_else(is_number, plain, None).cast(pa.float64())
        return np.asarray(self.by_row(known.to_numpy(zero_copy_only=False), np.nan), float)

    @property
    def doubtful_thousands(self) -> str:
        """A text such as ``1,000`` whose comma is read as dividing thousands, though it could be a decimal comma.

        Empty where there is none, or another text shows what the commas are.
        """
        if not self._commas_divide_thousands:
            return ""
        if pc.any(pc.match_substring_regex(self._numbers, _CERTAINLY_BETWEEN_THOUSANDS)).as_py():
            return ""
        return str(self._numbers.filter(pc.match_substring(self._numbers, ","))[0].as_py())

    @property
    def doubtful_decimals(self) -> str:
        """A text such as ``8.300`` whose dot is read as a decimal point, though the dots of all could divide thousands.

        Empty where there is none, or another text shows what the dots are.
        """
        if self._commas_divide_thousands or self._dots_divide_thousands:
            return ""
        return find_doubtful_decimal(self._numbers[:_LOOKED_AT]) and find_doubtful_decimal(self._numbers)

    @property
    def dotted_thousands(self) -> str:
        """A text such as ``1.234.567``, where it shows that dots divide the thousands of all; otherwise empty."""
        if not self._dots_divide_thousands:
            return ""
        twice = self._numbers.filter(pc.match_substring_regex(self._numbers, _TWO_DOTS))
        return str(twice[0].as_py()) if len(twice) else ""

    @cached_property
    def _is_number(self) -> NDArray[np.bool_]:
        return are_numbers(self.texts) & ~self.is_mark

    @cached_property
    def _numbers(self) -> pa.StringArray:
        return self.texts.filter(pa.array(self._is_number))

    @cached_property
    def _commas_divide_thousands(self) -> bool:
        return self._all_with(",", COMMAS_BETWEEN_THOUSANDS)

    @cached_property
    def _dots_divide_thousands(self) -> bool:
        """Whether a comma, or a second dot in a number, shows that no dot is a decimal point."""
        if not self._all_with(".", _DOTS_BETWEEN_THOUSANDS):
            return False
        return bool(pc.any(pc.match_substring_regex(self._numbers, rf",|{_TWO_DOTS}")).as_py())

    def _all_with(self, sign: str, pattern: str) -> bool:
        """Return whether numbers have a sign in them, and all that have are written in one way."""
        some = self._numbers.filter(pc.match_substring(self._numbers, sign))
        return bool(len(some)) and bool(pc.all(pc.match_substring_regex(some, pattern)).as_py())

    def most_frequent(self, limit: int) -> Ints:
        """Return the places of the most frequent texts that are values, the most frequent first, then by the text.

        Parameters
        ----------
        limit : int

        Returns
        -------
        int array, of length `limit` at most
        """
        counts = np.where(self.is_mark, 0, self.counts)
        places = np.flatnonzero(counts)
        if len(places) > limit:
            places = places[counts[places] >= np.partition(counts[places], -limit)[-limit]]
        texts = dict(zip(places.tolist(), self.texts.take(pa.array(places)).to_pylist(), strict=True))
        return np.array(sorted(texts, key=lambda place: (-counts[place], texts[place]))[:limit], dtype=np.int64)


def are_numbers(texts: pa.StringArray) -> NDArray[np.bool_]:
    """Return which texts are numbers, with a decimal point or comma.

    Parameters
    ----------
    texts : StringArray, length d

    Returns
    -------
    bool array (d,)
    """
    either = pc.or_(pc.match_substring_regex(texts, DECIMAL_POINT), pc.match_substring_regex(texts, DECIMAL_COMMA))
    return np.asarray(pc.or_(either, pc.match_substring_regex(texts, COMMAS_BETWEEN_THOUSANDS)))


def _is_like_a_number(text: str) -> bool:
    """Return whether a text may be a number; it costs less than to try all of a column."""
    return text.lstrip("+-")[:1] in set("0123456789.iI")
