"""The check of the labels of a study: class names, and a class number for each sample."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from margin_core.errors import SourceError
from margin_core.values.array_like import is_missing, only_column, to_array
from margin_core.values.arrays import UNLABELED, Ints, read_only
from margin_core.values.checks import refuse_undecoded
from margin_core.values.handed_in import to_numbers, to_texts

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


def one_based_remedy(numbers: Ints, classes: int) -> str:
    """Return what to do about labels that are 1 to c where 0 to c - 1 is meant.

    Parameters
    ----------
    numbers : int array (n,)
        `UNLABELED` where a label is missing.
    classes : int
        Number of classes c that names or probabilities were given for.

    Returns
    -------
    str
        A sentence after a blank; empty where the labels are no such ones.
    """
    given = numbers[numbers != UNLABELED]
    if not given.size or given.min() != 1 or given.max() != classes:
        return ""
    return " These labels count from 1: subtract 1 from each, and leave a missing one at -1."


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
    names = _checked_class_names(name, class_names)
    if labels is None:
        return names, None
    where = f"Study '{name}': labels"
    labels = only_column(labels)
    raw = to_array(where, labels)
    if raw.dtype.kind == "U" and isinstance(labels, list | tuple):
        raw = np.array(labels, dtype=object)  # a NaN among names in a list has just become the text "nan"
    if raw.ndim != 1:
        raise SourceError(f"{where} must be one per sample; got an array of shape {raw.shape}.{_flat(raw)}")
    _refuse_odd_labels(where, raw)
    if raw.dtype.kind == "O" and _are_numbers(raw):
        raw = to_numbers(where, raw, np.float64)
    if raw.dtype.kind in "OUS":
        texts = np.array([(text or "").strip() for text in to_texts(where, raw)])
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
                f"(0 to {len(names) - 1}, or -1 for no label).{one_based_remedy(numbers, len(names))}"
            )
    return names, read_only(numbers) if names else None


def _checked_class_names(name: str, class_names: Any | None) -> tuple[str, ...]:
    """Return the names of the classes, in order; nothing where none are given."""
    if class_names is None:
        return ()
    where = f"Study '{name}': class_names"
    if isinstance(class_names, Mapping):
        class_names = _names_by_number(where, class_names)
    if isinstance(class_names, list | tuple):
        class_names = np.array([*class_names, None], dtype=object)[:-1]  # each as it is: 0 and 1.5 are no two floats
    given = to_array(where, only_column(class_names))
    texts = to_texts(where, given) if given.ndim == 1 else [None]
    if None in texts:
        raise SourceError(f"{where} must be one text a class. Give a list such as ['cat', 'dog'].")
    names = tuple(str(text) for text in texts)
    if len(set(names)) < len(names):
        raise SourceError(f"Study '{name}': class names repeat. Each class needs a name of its own.")
    refuse_undecoded(name, "class name", names)
    return names


def _names_by_number(where: str, names: Mapping[Any, Any]) -> list[Any]:
    """Return the names in order of a mapping as id2label, or class_to_idx the other way round, has them."""
    for pairs in (names.items(), ((number, key) for key, number in names.items())):
        with suppress(TypeError, ValueError):
            by_number = {int(number): text for number, text in pairs}
            if sorted(by_number) == list(range(len(names))):
                return [by_number[number] for number in range(len(names))]
    raise SourceError(f"{where} must map the numbers 0 to {len(names) - 1} to names, or names to them.")


def _flat(labels: np.ndarray) -> str:
    """Return how to write labels with two axes as one value a sample, a sentence after a blank."""
    if labels.ndim == 2 and labels.shape[1] == 1:
        return ""
    return " For one-hot labels give labels.argmax(axis=1)." if labels.ndim == 2 and labels.dtype.kind in "fiub" else ""


def _refuse_odd_labels(where: str, labels: np.ndarray) -> None:
    if labels.dtype.kind == "c":
        raise SourceError(f"{where} must be class numbers or names; got complex numbers. Give their real part.")
    items = labels.tolist() if labels.dtype.kind in "OmM" else []
    if {*map(type, items)} <= {str, int, float, bytes, type(None)}:  # the usual, at a tenth of the time
        return
    for row, item in enumerate(items):
        if labels.dtype.kind in "mM" or hasattr(item, "isoformat"):
            raise SourceError(
                f"{where} must be class numbers or names; got times. If each is a class, give them as texts: "
                "labels.astype(str)."
            )
        if isinstance(item, Iterable) and not isinstance(item, str | bytes):
            raise SourceError(
                f"{where} must be one class per sample; row {row:,} has a {type(item).__name__}. Several labels a "
                "sample are not supported: give one study for each class, with labels 0 and 1."
            )


def _are_numbers(labels: np.ndarray) -> bool:
    """Return whether the labels that are not missing are numbers."""
    present = [item for item in labels.tolist() if not is_missing(item)]
    return bool(present) and all(isinstance(item, Real) and not isinstance(item, bool) for item in present)
