"""The check of the labels of a study: class names, and a class number for each sample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from margin_core.errors import SourceError
from margin_core.values.arrays import UNLABELED, Ints, read_only
from margin_core.values.checks import refuse_undecoded

MAX_UNNAMED_CLASSES = 1000
"""Class numbers up to this, or ten times the number of samples, are taken for numbers from 0 on."""


def counts_from_zero(largest: int, n: int) -> bool:
    """Return whether class numbers can be taken for places in a list of classes.

    Parameters
    ----------
    largest : int
        The largest of them.
    n : int
        Number of samples.

    Returns
    -------
    bool
        False where nearly all of these classes would have no sample.
    """
    return largest < max(MAX_UNNAMED_CLASSES, 10 * n)


def _is_missing(item: Any) -> bool:
    """Return whether a label is None, NaN, or what pandas has for it."""
    try:
        return item is None or bool(item != item)
    except TypeError:  # pandas.NA is neither the same as itself nor another
        return True


def checked_labels(
    name: str, labels: ArrayLike | None, class_names: Sequence[str] | None
) -> tuple[tuple[str, ...], Ints | None]:
    """Return the class names and the class number of each sample.

    Parameters
    ----------
    name : str
        Of the study, for the message.
    labels : array_like (n,) or None
        Class numbers or names; -1, NaN and empty text are missing labels. Where -1 and 1 alone occur, both are classes.
    class_names : sequence of str or None
        None: the names that occur.

    Returns
    -------
    names : tuple of str
    numbers : int array (n,) or None
        `UNLABELED` where a label is missing; None where there are no labels at all.

    Raises
    ------
    SourceError
        A label without a class, names that repeat, or labels that are not one a sample.
    """
    if isinstance(class_names, Mapping):  # names by number, as id2label has them
        class_names = [class_names[number] for number in sorted(class_names)]
    names = tuple(str(item) for item in class_names) if class_names is not None else ()
    if len(set(names)) < len(names):
        raise SourceError(f"Study '{name}': class names repeat. Each class needs a name of its own.")
    refuse_undecoded(name, "class name", names)
    if labels is None:
        return names, None
    raw = np.asarray(labels)
    if raw.dtype.kind == "U" and not isinstance(labels, np.ndarray):
        raw = np.asarray(labels, dtype=object)  # a NaN among names in a list has just become the text "nan"
    if raw.ndim != 1:
        raise SourceError(f"Study '{name}': labels must be one per sample; got an array of shape {raw.shape}.")
    if raw.dtype.kind in "OUS":
        texts = np.array(["" if _is_missing(item) else str(item).strip() for item in raw])
        present = set(texts[texts != ""].tolist())
        names = names or tuple(sorted(present))
        refuse_undecoded(name, "label", names)
        unknown = sorted(present - set(names))
        if unknown:
            raise SourceError(
                f"Study '{name}': label '{unknown[0]}' is not among the {len(names)} class names. "
                "Add it to class_names or correct the label."
            )
        number_of = {text: number for number, text in enumerate(names)} | {"": UNLABELED}
        numbers = np.array([number_of[text] for text in texts], dtype=np.int64)
    else:
        missing = ~np.isfinite(raw) if raw.dtype.kind == "f" else np.zeros(raw.shape, bool)
        filled = np.where(missing, UNLABELED, raw)
        with np.errstate(invalid="ignore"):
            numbers = filled.astype(np.int64)
        if (numbers != filled).any():
            odd = filled[numbers != filled][0]
            raise SourceError(f"Study '{name}': labels must be whole class numbers or names; got {odd}.")
        if not names and set(np.unique(numbers).tolist()) == {-1, 1}:
            names, numbers = ("-1", "1"), (numbers + 1) // 2
        largest = int(numbers.max(initial=-1))
        if not names and not counts_from_zero(largest, len(numbers)):
            raise SourceError(
                f"Study '{name}': the largest class number is {largest:,} for {len(numbers):,} samples. Pass the "
                "labels as texts, so that only those that occur are classes, or class_names."
            )
        names = names or tuple(str(number) for number in range(largest + 1))
        if numbers.min() < UNLABELED or numbers.max() >= len(names):
            worst = numbers.min() if numbers.min() < UNLABELED else numbers.max()
            raise SourceError(
                f"Study '{name}': label {worst} has no class; there are {len(names)} class names "
                f"(0 to {len(names) - 1}, or -1 for no label)."
            )
    return names, read_only(numbers) if names else None
