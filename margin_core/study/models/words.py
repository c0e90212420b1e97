"""The words of texts in any script; where a script has no spaces between words, runs of its characters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

IDEOGRAPHS = "\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
"""Chinese characters and Japanese kana."""

LETTERS = "\u0e00-\u0e7f\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff"
"""Thai, Lao, Burmese and Khmer, with their vowel signs, which are no letters to a regular expression."""

MAX_RUN = {"ideographs": 2, "letters": 3}
"""Characters of the longest run that stands for a word (docs/decisions/0030)."""

_PIECE = re.compile(f"(?P<ideographs>[{IDEOGRAPHS}]+)|(?P<letters>[{LETTERS}]+)|[^\\W{IDEOGRAPHS}{LETTERS}]+")

_UNSPACED = re.compile(f"[{IDEOGRAPHS}{LETTERS}]")


def split_words(text: str) -> list[str]:
    """Return the words of a text, in lower case.

    Parameters
    ----------
    text : str

    Returns
    -------
    list of str
        Runs of letters and digits of any length. Of a script without spaces, every run of one and two characters, and
        of Thai, Lao, Burmese and Khmer those of three, too.

    Examples
    --------
    >>> split_words("Two words, 東京 2024")
    ['two', 'words', '東', '京', '東京', '2024']
    """
    words: list[str] = []
    for piece in _PIECE.finditer(text.lower()):
        run = piece[0]
        if piece.lastgroup is None:
            words.append(run)
        else:
            for length in range(1, MAX_RUN[piece.lastgroup] + 1):
                words.extend(run[start : start + length] for start in range(len(run) - length + 1))
    return words


class WordSpan(NamedTuple):
    """A word and where it stands in a text.

    Attributes
    ----------
    word : str
        In lower case.
    start, end : int
        ``text[start:end]`` is the word as it was written.
    """

    word: str
    start: int
    end: int


def find_words(text: str) -> Iterator[WordSpan]:
    """Yield the words of a text, each with its place.

    Parameters
    ----------
    text : str

    Yields
    ------
    WordSpan
        Those of `split_words`, in the same order; of a script without spaces they overlap.

    Examples
    --------
    >>> [(found.word, found.start, found.end) for found in find_words("Two words")]
    [('two', 0, 3), ('words', 4, 9)]
    """
    # Not in the lower case of the whole: that of some letters is longer than they are.
    for piece in _PIECE.finditer(text):
        start, end = piece.span()
        if piece.lastgroup is None:
            yield WordSpan(piece[0].lower(), start, end)
        else:
            for length in range(1, MAX_RUN[piece.lastgroup] + 1):
                for first in range(start, end - length + 1):
                    yield WordSpan(text[first : first + length], first, first + length)


def count_unspaced(texts: Iterable[str]) -> int:
    """Count the texts with a script that has no spaces between words.

    Parameters
    ----------
    texts : iterable of str

    Returns
    -------
    int
    """
    return sum(_UNSPACED.search(text) is not None for text in texts)
