"""Labels as a source writes them, as class numbers: what is missing, what is a number, what is no class at all."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from margin_core.errors import SourceError
from margin_core.study.notes import Note, assumption
from margin_core.study.samples import counted, encode_classes, listed
from margin_core.values import Ints

MISSING_LABELS = frozenset({"nan", "<na>", "none", "null"})
"""Texts, in lower case, that programs write where a label is missing. ``NA`` is none of them: it may be Namibia."""

MAX_UNREPEATED = 20
"""So many different labels are classes however seldom each occurs."""

MIN_REPEATED_NUMBERS, MIN_REPEATED_TEXTS = 0.5, 0.2
"""More labels are a measured quantity or ids, and not classes, where fewer than this share of the rows repeat one;
numbers with fractions are one in any case."""


def number_classes(source: object, texts: Sequence[str]) -> tuple[Ints, tuple[str, ...], tuple[Note, ...]]:
    """Return class numbers and class names of labels that are written as texts.

    Parameters
    ----------
    source : path or str
        Named in messages.
    texts : sequence of str, length n
        Empty where a label is missing.

    Returns
    -------
    numbers : int array (n,)
        `UNLABELED` where a label is missing.
    names : tuple of str
        Numbers in the order of their values, negative ones too, ``3.0`` and ``3`` being one; texts sorted.
    notes : tuple of Note

    Raises
    ------
    SourceError
        The labels are a measured quantity, or differ in nearly every row.
    """
    trimmed = [text.strip() for text in texts]
    notes: list[Note] = []
    occurring = set(trimmed) - {""}
    marks = sorted(text for text in occurring if text.lower() in MISSING_LABELS)
    if marks and len(occurring) > len(marks):
        trimmed = ["" if text in marks else text for text in trimmed]
        occurring -= set(marks)
        notes.append(assumption(f"Labels {', '.join(map(repr, marks))} are read as missing."))
    values = {text: _number(text) for text in occurring}
    if not occurring or any(value is None for value in values.values()):
        names = tuple(sorted(occurring))
        _check_repeated(source, [text for text in trimmed if text], len(occurring))
        return encode_classes(trimmed, names), names, tuple(notes)
    numbers = {text: value for text, value in values.items() if value is not None}
    check_classes(source, np.array([float(numbers[text]) for text in trimmed if text]))
    written: dict[int | float, set[str]] = {}
    for text, value in numbers.items():
        written.setdefault(value, set()).add(text)
    plain = {text: _plain(value) if len(written[value]) > 1 or "." in text else text for text, value in numbers.items()}
    several = [sorted(texts) for texts in written.values() if len(texts) > 1]
    if several:
        notes.append(assumption(f"Labels {listed([' and '.join(texts) for texts in several])} are one class."))
    names = tuple(plain[min(written[value])] for value in sorted(written))
    return encode_classes([plain.get(text, "") for text in trimmed], names), names, tuple(notes)


def check_classes(source: object, values: np.ndarray) -> None:
    """Refuse labels that are a measured quantity.

    Parameters
    ----------
    source : path or str
        Named in the message.
    values : array (n,)
        Labels that are numbers; none missing.

    Raises
    ------
    SourceError
        They are: most differ from all others, or many have fractions.
    """
    different, counts = np.unique(values, return_counts=True)
    fractions = bool((different != np.floor(different)).any())
    repeated = counts[counts > 1].sum() / max(len(values), 1)
    if len(different) > MAX_UNREPEATED and (fractions or repeated < MIN_REPEATED_NUMBERS):
        raise SourceError(
            f"'{source}': the label holds {counted(len(different), 'different number')} from {_plain(different[0])} to "
            f"{_plain(different[-1])}, a measured quantity and not classes. Name a column of classes with --label, or "
            "divide the numbers into classes."
        )


def _check_repeated(source: object, texts: Sequence[str], different: int) -> None:
    """Refuse labels that are texts and hardly repeat."""
    if different > MAX_UNREPEATED and different > (1 - MIN_REPEATED_TEXTS) * len(texts):
        once = sum(count == 1 for count in Counter(texts).values())
        if once > (1 - MIN_REPEATED_TEXTS) * len(texts):
            raise SourceError(
                f"'{source}': the label holds {counted(different, 'different text')} in {counted(len(texts), 'row')}, "
                "which hardly repeat: names or ids and not classes. Name a column of classes with --label."
            )


def _number(text: str) -> int | float | None:
    """Return the number that a label is; a code such as 007 is none."""
    if "_" in text or re.match(r"[+-]?0\d", text):
        return None
    if re.fullmatch(r"[+-]?\d+", text, re.ASCII):
        return int(text)  # exact, however large
    try:
        value = float(text)
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def _plain(value: int | float) -> str:
    """Return a number without a fraction as a whole one: a label 3.0 is class 3."""
    return str(int(value)) if value == int(value) else repr(float(value))
