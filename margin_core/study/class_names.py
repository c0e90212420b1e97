"""Labels as a source writes them, as class numbers: what is missing, what is a number, what is no class at all."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from margin_core.errors import SourceError
from margin_core.study.notes import Note, assumption
from margin_core.study.samples import counted, encode_classes, listed
from margin_core.values import Ints

MISSING = frozenset({"nan", "<na>", "none", "null"})
"""Texts, in lower case, that programs write where a label is missing. ``NA`` is none of them: it may be Namibia."""

MAX_NUMBER_CLASSES = 100
MIN_REPEATED = 0.5
"""Numbers are a measured quantity, not classes, where there are more different ones than the first and fewer than this
share of the rows repeat one; or where they have fractions and there are more than `MAX_FRACTIONS`."""

MAX_FRACTIONS = 20


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
        The labels are a measured quantity.
    """
    trimmed = [text.strip() for text in texts]
    notes: list[Note] = []
    occurring = set(trimmed) - {""}
    marks = sorted(text for text in occurring if text.lower() in MISSING)
    if marks and len(occurring) > len(marks):
        trimmed = ["" if text in marks else text for text in trimmed]
        occurring -= set(marks)
        notes.append(assumption(f"Labels {', '.join(map(repr, marks))} are read as missing."))
    values = {text: _number(text) for text in occurring}
    if not occurring or any(value is None for value in values.values()):
        names = tuple(sorted(occurring))
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
    fractions = bool((different != np.floor(different)).any()) and len(different) > MAX_FRACTIONS
    repeated = counts[counts > 1].sum() / max(len(values), 1)
    if fractions or (len(different) > MAX_NUMBER_CLASSES and repeated < MIN_REPEATED):
        raise SourceError(
            f"'{source}': the label holds {counted(len(different), 'different number')} from {_plain(different[0])} to "
            f"{_plain(different[-1])}, a measured quantity and not classes. Name a column of classes with --label, or "
            "divide the numbers into classes."
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
