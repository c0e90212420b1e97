"""Checks of the parts of a study: each returns the part in its own form, or raises `SourceError`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from margin_core.errors import SourceError
from margin_core.values.arrays import UNLABELED, Doubles, Floats, Ints, Texts, read_only


def common_length(name: str, parts: Mapping[str, Any]) -> int:
    """Return the number of samples that all parts of a study have.

    Parameters
    ----------
    name : str
        Of the study, for the message.
    parts : mapping of str to sized

    Returns
    -------
    int

    Raises
    ------
    SourceError
        No part has a row, or lengths differ.
    """
    lengths = {part: len(value) for part, value in parts.items()}
    if not lengths or not max(lengths.values()):
        raise SourceError(f"Study '{name}' has no samples. Give at least one row of embedding, labels or inputs.")
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{part} {length:,}" for part, length in lengths.items())
        raise SourceError(f"Study '{name}': rows do not line up ({listed}). Every part needs one row a sample.")
    return next(iter(lengths.values()))


def checked_ids(name: str, ids: ArrayLike | None, n: int) -> Texts:
    """Return the ids of a study as text.

    Parameters
    ----------
    name : str
        Of the study, for the message.
    ids : array_like (n,) or None
        None: ``"0"`` ... ``"n-1"``.
    n : int

    Returns
    -------
    array of str (n,)
        Read-only.

    Raises
    ------
    SourceError
        Ids repeat, are not one a sample, or are not Unicode text.
    """
    texts = np.asarray(np.arange(n) if ids is None else ids, dtype=str)
    if texts.ndim != 1:
        raise SourceError(f"Study '{name}': ids must be one per sample; got an array of shape {texts.shape}.")
    _refuse_undecoded(name, "id", texts.tolist())
    unique, counts = np.unique(texts, return_counts=True)
    if len(unique) < n:
        twice = unique[counts > 1][0]
        raise SourceError(f"Study '{name}': id '{twice}' occurs {counts.max()} times. Ids must be unique.")
    # As wide as the longest: the same ids have the same fingerprint however they were made.
    return read_only(texts.astype(f"U{max(int(np.char.str_len(texts).max()), 1)}", copy=False))


def _refuse_undecoded(name: str, what: str, texts: Sequence[str]) -> None:
    """Raise for text that no table, database or page can hold: bytes of a file name that are not UTF-8."""
    try:
        "".join(texts).encode()
    except UnicodeEncodeError:
        odd = next(text for text in texts if text.encode(errors="ignore").decode() != text)
        raise SourceError(
            f"Study '{name}': the {what} {odd!a} is not Unicode text. Rename the file that it comes from, or give "
            f"another {what}."
        ) from None


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
    _refuse_undecoded(name, "class name", names)
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
        _refuse_undecoded(name, "label", names)
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


def checked_embedding(name: str, embedding: ArrayLike | None) -> Floats | None:
    """Return the embedding in single precision.

    Parameters
    ----------
    name : str
        Of the study, for the message.
    embedding : array_like (n, d) or None

    Returns
    -------
    float32 array (n, d) or None
        Read-only; values beyond single precision become infinite, that is, missing.

    Raises
    ------
    SourceError
        It does not hold numbers, or has another shape.
    """
    if embedding is None:
        return None
    try:
        with np.errstate(over="ignore"):  # too large for float32: infinite, that is, missing
            points = np.asarray(embedding, dtype=np.float32)
    except (TypeError, ValueError):
        raise SourceError(f"Study '{name}': the embedding must be numbers. Drop or encode the text columns.") from None
    if points.ndim != 2 or points.shape[1] == 0:
        raise SourceError(f"Study '{name}': the embedding must have shape (samples, dimensions); got {points.shape}.")
    return read_only(points)


def checked_probabilities(name: str, probabilities: ArrayLike | None, names: tuple[str, ...]) -> Floats | None:
    """Return class probabilities in single precision.

    Parameters
    ----------
    name : str
        Of the study, for the message.
    probabilities : array_like (n, c) or None
    names : tuple of str, length c
        Class names; empty: any number of columns.

    Returns
    -------
    float32 array (n, c) or None
        Read-only; each row sums to 1. A row with a NaN becomes uniform.

    Raises
    ------
    SourceError
        Another shape, a negative value, or a row that does not sum to 1 within 0.01.
    """
    if probabilities is None:
        return None
    table = np.asarray(probabilities, dtype=np.float32)
    if table.ndim != 2 or (names and table.shape[1] != len(names)):
        wanted = f"(samples, {len(names)})" if names else "(samples, classes)"
        raise SourceError(
            f"Study '{name}': probabilities must have shape {wanted}, a column a class; got {table.shape}."
        )
    blank = np.asarray(~np.isfinite(table).all(axis=1))
    if blank.any():
        table = np.where(blank[:, None], np.float32(1 / table.shape[1]), table)
    total = table.sum(axis=1)
    if table.min() < 0 or (np.abs(total - 1) > 0.01).any():
        worst = int(np.abs(total - 1).argmax())
        raise SourceError(
            f"Study '{name}': probabilities must be between 0 and 1 and sum to 1 in each row; "
            f"row {worst} sums to {total[worst]:.3g}. Apply softmax to logits first."
        )
    # Dividing rows that are exact already would only cost a copy of the memory map.
    return read_only(table if (np.abs(total - 1) < 1e-5).all() else table / total[:, None])


def checked_signal(name: str, signal: str, values: ArrayLike) -> Doubles:
    """Return a given function on the samples in double precision.

    Parameters
    ----------
    name : str
        Of the study, for the message.
    signal : str
        Of the signal, for the message.
    values : array_like (n,) or (n, s)

    Returns
    -------
    float array (n,) or (n, s)
        Read-only.

    Raises
    ------
    SourceError
        It does not hold numbers, or has another shape.
    """
    try:
        numbers = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise SourceError(f"Study '{name}': the signal '{signal}' must be numbers.") from None
    if numbers.ndim not in (1, 2) or numbers.size == 0:
        raise SourceError(
            f"Study '{name}': the signal '{signal}' must have shape (samples,) or (samples, s); got {numbers.shape}."
        )
    return read_only(numbers)
