"""A text in pieces, those that count marked; a long one is folded around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from margin_core.study.models.words import find_words

GAP = "…"
"""Stands where a text is left out."""

_MIN_CONTEXT = 24
"""Characters on either side of a mark that are kept, where there is room for any."""


class MarkedPiece(NamedTuple):
    """A part of a text.

    Attributes
    ----------
    text : str
        As it was written.
    weight : float
        0 where it is not marked.
    """

    text: str
    weight: float = 0.0


def mark_words(text: str, weights: Mapping[str, float]) -> tuple[MarkedPiece, ...]:
    """Return a text in pieces, each marked by the weight of its word.

    Parameters
    ----------
    text : str
    weights : mapping of str to float
        Of the words that are marked, in lower case. Where marked words overlap, as they do in a script without spaces,
        their weights add up.

    Returns
    -------
    tuple of MarkedPiece
        Together they are the text. Empty for an empty text.

    Examples
    --------
    >>> mark_words("Call now!", {"call": 1.0})
    (MarkedPiece(text='Call', weight=1.0), MarkedPiece(text=' now!', weight=0.0))
    """
    marked = [found for found in find_words(text) if weights.get(found.word)]
    if not marked:
        return (MarkedPiece(text),) if text else ()
    level = np.zeros(len(text))
    for word, start, end in marked:
        level[start:end] += weights[word]
    changed = np.flatnonzero(np.diff(level)) + 1
    edges = [0, *changed.tolist(), len(text)]
    pieces = (MarkedPiece(text[a:b], float(level[a])) for a, b in pairwise(edges))
    return tuple(pieces)


def fold_text(pieces: Sequence[MarkedPiece], room: int) -> tuple[MarkedPiece, ...]:
    """Return the parts of a long text around its marked pieces.

    Parameters
    ----------
    pieces : sequence of MarkedPiece
        From `mark_words`.
    room : int
        Characters that are kept, about: the heaviest marks first, each with what stands around it.

    Returns
    -------
    tuple of MarkedPiece
        The text itself where it has room; else its beginning or the parts around marks, in order, with white space in
        one, and `GAP` where something is left out.

    Examples
    --------
    >>> pieces = mark_words("a " * 40 + "prize " + "b " * 40, {"prize": 1.0})
    >>> "".join(piece.text for piece in fold_text(pieces, 54))
    '…a a a a a a a a a a a a prize b b b b b b b b b b b b…'
    """
    length = sum(len(piece.text) for piece in pieces)
    if length <= room:
        return tuple(pieces)
    starts = np.cumsum([0, *(len(piece.text) for piece in pieces)])
    kept = _kept_spans(pieces, starts, length, room)
    folded: list[MarkedPiece] = []
    last = 0
    for first, end in kept:
        if first > last:
            folded.append(MarkedPiece(GAP))
        for piece, start in zip(pieces, starts.tolist(), strict=False):
            part = piece.text[max(first - start, 0) : max(end - start, 0)]
            if part:
                folded.append(MarkedPiece(_on_one_line(part), piece.weight))
        last = end
    if last < length:
        folded.append(MarkedPiece(GAP))
    return tuple(folded)


def _kept_spans(pieces: Sequence[MarkedPiece], starts: np.ndarray, length: int, room: int) -> list[tuple[int, int]]:
    """Return which spans of a text are kept, in order, none touching another."""
    marks = [number for number, piece in enumerate(pieces) if piece.weight]
    heaviest = sorted(marks, key=lambda number: (-abs(pieces[number].weight), number))
    # One mark of each word first would be fairer; but the weight of a word is the same wherever it stands.
    chosen: list[int] = []
    seen: set[str] = set()
    for repeated in (False, True):
        for number in heaviest:
            word = pieces[number].text.lower()
            if (word in seen) == repeated and number not in chosen and _spent(pieces, [*chosen, number]) <= room:
                chosen.append(number)
                seen.add(word)
    text = "".join(piece.text for piece in pieces)
    if not chosen:
        return [(0, _word_end(text, room, 0))]
    around = max((room - sum(len(pieces[number].text) for number in chosen)) // (2 * len(chosen)), 0)
    spans: list[tuple[int, int]] = []
    for number in sorted(chosen):
        begin, after = int(starts[number]), int(starts[number + 1])
        first = _word_begin(text, max(begin - around, 0), begin)
        end = _word_end(text, min(after + around, length), after)
        if spans and first <= spans[-1][1] + 1:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((first, end))
    return spans


def _word_begin(text: str, first: int, before: int) -> int:
    """Return where the first whole word of a span begins that ends before a place; the span's begin where none does."""
    if first == 0 or text[first - 1].isspace():
        return first
    return next((place + 1 for place in range(first, before) if text[place].isspace()), first)


def _word_end(text: str, end: int, after: int) -> int:
    """Return where the last whole word of a span ends that begins after a place; the span's end where none does."""
    if end == len(text) or text[end].isspace():
        return end
    return next((place for place in range(end - 1, after - 1, -1) if text[place].isspace()), end)


def _spent(pieces: Sequence[MarkedPiece], chosen: Sequence[int]) -> int:
    return sum(len(pieces[number].text) + 2 * _MIN_CONTEXT for number in chosen)


def _on_one_line(text: str) -> str:
    """Return a text with its runs of white space as single spaces."""
    words = " ".join(text.split())
    before, after = " " if text[:1].isspace() else "", " " if text[-1:].isspace() and words else ""
    return f"{before}{words}{after}"
