"""Notes of reading a source: what was lost, what was assumed and what was read, a sentence each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from margin_core.errors import SourceError


class NoteKind(StrEnum):
    """The kinds of notes, the gravest first."""

    LOSS = "loss"
    """Something of the source is not in the study."""
    ASSUMPTION = "assumption"
    """Something was guessed, replaced, or is there but cannot be used."""
    READ = "read"
    """What the study holds and where it stood."""


@dataclass(frozen=True)
class Note:
    """A sentence about what was read.

    Attributes
    ----------
    kind : NoteKind
    text : str
        One sentence, or a few words for `NoteKind.READ`.
    """

    kind: NoteKind
    text: str

    def __str__(self) -> str:
        return self.text


def loss(text: str) -> Note:
    """Return a note of something that is not in the study.

    Parameters
    ----------
    text : str

    Returns
    -------
    Note
    """
    return Note(NoteKind.LOSS, text)


def assumption(text: str) -> Note:
    """Return a note of something that was guessed, replaced or not used.

    Parameters
    ----------
    text : str

    Returns
    -------
    Note
    """
    return Note(NoteKind.ASSUMPTION, text)


def read(text: str) -> Note:
    """Return a note of what was read.

    Parameters
    ----------
    text : str

    Returns
    -------
    Note
    """
    return Note(NoteKind.READ, text)


def in_order(notes: Iterable[Note]) -> tuple[Note, ...]:
    """Return notes with the gravest first, each once.

    Parameters
    ----------
    notes : iterable of Note

    Returns
    -------
    tuple of Note
        Losses, assumptions, then what was read; within a kind as given.
    """
    kinds = list(NoteKind)
    return tuple(sorted(dict.fromkeys(notes), key=lambda note: kinds.index(note.kind)))


def texts_of(notes: Iterable[Note], *kinds: NoteKind) -> tuple[str, ...]:
    """Return the sentences of the notes of some kinds.

    Parameters
    ----------
    notes : iterable of Note
    *kinds : NoteKind
        None: of losses and assumptions.

    Returns
    -------
    tuple of str
    """
    wanted = kinds or (NoteKind.LOSS, NoteKind.ASSUMPTION)
    return tuple(note.text for note in notes if note.kind in wanted)


MAX_LOST = 0.1
"""The largest share of the samples that may be lost before a source is refused."""

MAX_FEW_LOST = 3
"""So many may be lost however small the source is."""


def check_lost(source: object, lost: int, total: int, what: str, remedy: str) -> None:
    """Refuse a source of which most would be left out.

    Parameters
    ----------
    source : path or str
        Named in the message.
    lost, total : int
        Samples that cannot be used, of all.
    what : str
        Why, in words that follow the count.
    remedy : str
        How to go on, a sentence.

    Raises
    ------
    SourceError
        More than `MAX_LOST` of all are lost, and more than `MAX_FEW_LOST`.
    """
    if lost > max(MAX_LOST * total, MAX_FEW_LOST):
        raise SourceError(f"'{source}': {lost:,} of {total:,} {what}. {remedy}")


def differing_spellings(names: Sequence[str]) -> list[tuple[str, ...]]:
    """Return groups of class names that differ only by case, spaces or Unicode form.

    Parameters
    ----------
    names : sequence of str

    Returns
    -------
    list of tuple of str
        Of two names or more each, in the order of the names.
    """
    from unicodedata import normalize

    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(" ".join(normalize("NFKC", name).casefold().split()), []).append(name)
    return [tuple(group) for group in groups.values() if len(group) > 1]
