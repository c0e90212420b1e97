"""The nodes of a row of numbers or of a text: its columns or its words."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from margin_core.study.models.words import IDEOGRAPHS, LETTERS, MAX_RUN
from margin_core.values import Ints, Texts

TEXT_VERSION = 1
"""Raised whenever the same text has other nodes."""

_MARKS = "".join(
    sign
    for sign in map(chr, range(0x0E00, 0x1800))
    if re.match(f"[{LETTERS}]", sign) and unicodedata.category(sign).startswith("M")
)
_SIGN = rf"[^\w\s{IDEOGRAPHS}{LETTERS}]"
_WORD = re.compile(
    rf"{_SIGN}*(?:[{IDEOGRAPHS}]{{1,{MAX_RUN['ideographs']}}}|(?:[{LETTERS}][{_MARKS}]*){{1,{MAX_RUN['letters']}}}){_SIGN}*"
    rf"|[^\s{IDEOGRAPHS}{LETTERS}]+"
)
"""A run of a script without spaces, whose vowel signs stay with their letters, or everything up to white space."""


@dataclass(frozen=True, eq=False)
class TextWords:
    """A text as its words, which one after another are all of it but for white space.

    Attributes
    ----------
    words : array of str (w,)
        With their punctuation.
    is_apart : bool array (w,)
        Whether white space stands before a word; False for the first.
    """

    words: Texts
    is_apart: NDArray[np.bool_]

    def join(self, kept: NDArray[np.bool_]) -> str:
        """Return the text without some of its words.

        Parameters
        ----------
        kept : bool array (w,)
            Whether each word stays.

        Returns
        -------
        str
            A blank stands where white space stood or a word was left out: what was beside that becomes no word.
        """
        places = np.flatnonzero(kept)
        if not len(places):
            return ""
        apart = self.is_apart[places] | (np.diff(places, prepend=places[0] - 1) > 1)
        apart[0] = False
        pairs = zip(apart.tolist(), self.words[places].tolist(), strict=True)
        return "".join(f" {word}" if blank else word for blank, word in pairs)


def column_layout(width: int) -> Ints:
    """Return the layout in which every column of a row is a node.

    Parameters
    ----------
    width : int
        d, the number of columns.

    Returns
    -------
    int array (1, d)
        The node of each column, in the only division.
    """
    return np.arange(width, dtype=np.int64)[None]


def split_words(text: str) -> TextWords:
    """Split a text into words: at its white space, and into short runs where its script has none.

    Parameters
    ----------
    text : str

    Returns
    -------
    TextWords
        Punctuation is kept with its word. Chinese and Japanese are runs of two characters, Thai, Lao, Burmese and Khmer
        of three: the longest runs whose occurrence is a feature of a text.

    Examples
    --------
    >>> split_words("Too dull, 味が薄い。").words.tolist()
    ['Too', 'dull,', '味が', '薄い。']
    """
    found = list(_WORD.finditer(text))
    ends = [0, *(word.end() for word in found)]
    apart = [word.start() > end for word, end in zip(found, ends, strict=False)]
    return TextWords(
        np.array([word[0] for word in found], dtype=str), np.array([False, *apart[1:]][: len(found)], bool)
    )
