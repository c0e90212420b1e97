"""Checks of the parts of a study: each returns the part in its own form, or raises `SourceError`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from margin_core.errors import SourceError
from margin_core.values.array_like import count_rows, only_column, to_array
from margin_core.values.arrays import Doubles, Floats, Texts, read_only
from margin_core.values.handed_in import to_inputs, to_numbers, to_texts


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
    lengths = {part: count_rows(f"Study '{name}': {part}", value) for part, value in parts.items()}
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
    where = f"Study '{name}': ids"
    given = np.arange(n).astype(str) if ids is None else to_array(where, only_column(ids))
    if given.ndim != 1:
        raise SourceError(f"{where} must be one per sample; got an array of shape {given.shape}.")
    texts = given if given.dtype.kind == "U" else _texts_of_ids(where, given)
    if (texts == "").any():
        row = int(np.flatnonzero(texts == "")[0])
        raise SourceError(f"{where} must not be empty; that of row {row:,} is. Give every sample an id of its own.")
    refuse_undecoded(name, "id", texts.tolist())
    unique, counts = np.unique(texts, return_counts=True)
    if len(unique) < n:
        twice = unique[counts > 1][0]
        raise SourceError(f"Study '{name}': id '{twice}' occurs {counts.max()} times. Ids must be unique.")
    # As wide as the longest: the same ids have the same fingerprint however they were made.
    return read_only(texts.astype(f"U{max(int(np.char.str_len(texts).max()), 1)}", copy=False))


def _texts_of_ids(where: str, given: np.ndarray) -> Texts:
    texts = to_texts(where, given)
    for row, text in enumerate(texts):
        if text is None or "\0" in text:
            odd = "is missing" if text is None else "has a NUL in it, which no table can hold"
            raise SourceError(f"{where} must be texts or numbers; that of row {row:,} {odd}. Give every sample one.")
    return np.array(texts, dtype=str)


def refuse_undecoded(name: str, what: str, texts: Sequence[str]) -> None:
    """Check that no table, database or page stumbles over a text: bytes of a file name that are not UTF-8.

    Parameters
    ----------
    name : str
        Of the study, for the message.
    what : str
        The kind of text, for the message.
    texts : sequence of str

    Raises
    ------
    SourceError
        One of them is not Unicode.
    """
    try:
        "".join(texts).encode()
    except UnicodeEncodeError:
        odd = next(text for text in texts if text.encode(errors="ignore").decode() != text)
        raise SourceError(
            f"Study '{name}': the {what} {odd!a} is not Unicode text. Rename the file that it comes from, or give "
            f"another {what}."
        ) from None


def checked_embedding(name: str, embedding: ArrayLike | None) -> Floats | None:
    """Return the embedding in single precision.

    Parameters
    ----------
    name : str
        Of the study, for the message.
    embedding : array_like (n, d) or None
        Feature vectors, as the caller has them.

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
    points = to_numbers(f"Study '{name}': the embedding", embedding, np.float32)
    if points.ndim != 2 or points.shape[1] == 0:
        remedy = " Give X.reshape(len(X), -1)." if points.size and points.ndim != 2 else ""
        raise SourceError(
            f"Study '{name}': the embedding must have shape (samples, dimensions); got {points.shape}.{remedy}"
        )
    return read_only(points)


def checked_probabilities(
    name: str,
    probabilities: ArrayLike | None,
    names: tuple[str, ...],
    remedy: Callable[[int], str] = lambda columns: "",
) -> Floats | None:
    """Return class probabilities in single precision.

    Parameters
    ----------
    name : str
        Of the study, for the message.
    probabilities : array_like (n, c) or None
        The columns of a table that are called as the classes are taken by their names, else by their order.
    names : tuple of str, length c
        Class names; empty: any number of columns.
    remedy : callable (columns)
        What to do about another number of columns than classes, a sentence after a blank; or nothing.

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
    table = to_numbers(f"Study '{name}': probabilities", probabilities, np.float32)
    columns = [str(column) for column in getattr(probabilities, "columns", ())]
    if len(columns) == len(names) == table.shape[-1] and sorted(columns) == sorted(names):
        table = table[:, [columns.index(class_name) for class_name in names]]
    if table.ndim != 2 or (names and table.shape[1] != len(names)) or table.shape[1] == 0:
        wanted = f"(samples, {len(names)})" if names else "(samples, classes)"
        binary = table.ndim == 1 or table.shape[1:] == (1,)
        both = " Of two classes give both: np.column_stack([1 - p, p])."
        advice = both if binary else remedy(table.shape[1]) if table.ndim == 2 else ""
        raise SourceError(
            f"Study '{name}': probabilities must have shape {wanted}, a column a class; got {table.shape}.{advice}"
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


PROBABILITY_FEATURES = "square roots of the given probabilities"
"""What the features are called where the probabilities stand in for them."""


def probability_features(table: Floats) -> Floats:
    """Return features of samples of which nothing is given but their probabilities.

    Parameters
    ----------
    table : float32 array (n, c)
        As `checked_probabilities` returns it.

    Returns
    -------
    float32 array (n, c)
        Square roots: Euclidean distances of these are Hellinger distances of the distributions, times the root of 2
        (docs/decisions/0025).
    """
    return read_only(np.sqrt(table))


def checked_signal(name: str, signal: str, values: ArrayLike) -> Doubles:
    """Return a given function on the samples in double precision.

    Parameters
    ----------
    name : str
        Of the study, for the message.
    signal : str
        Of the signal, for the message.
    values : array_like (n,) or (n, s)
        A number, or a vector, of each sample, as the caller has them.

    Returns
    -------
    float array (n,) or (n, s)
        Read-only.

    Raises
    ------
    SourceError
        It does not hold numbers, or has another shape.
    """
    numbers = to_numbers(f"Study '{name}': the signal '{signal}'", values, np.float64)
    if numbers.ndim not in (1, 2) or numbers.size == 0:
        raise SourceError(
            f"Study '{name}': the signal '{signal}' must have shape (samples,) or (samples, s); got {numbers.shape}."
        )
    return read_only(numbers)


def checked_inputs(name: str, inputs: Any | None) -> Any | None:
    """Return the samples themselves, read-only where they are an array.

    Parameters
    ----------
    name : str
        Of the study, for the message.
    inputs : array (n, ...), list of str, table, object with ``fingerprint``, or None
        The samples, as the caller has them.

    Returns
    -------
    object or None
        As `margin_core.values.handed_in.to_inputs` returns them.

    Raises
    ------
    SourceError
        They are neither pictures nor rows of numbers nor texts.
    """
    samples = to_inputs(name, inputs)
    return read_only(samples) if isinstance(samples, np.ndarray) else samples


def checked_model(model: Any | None, inputs: Any | None) -> Any | None:
    """Return a model in the form that tasks ask of it.

    Parameters
    ----------
    model : object or None
        See `margin_core.as_model`.
    inputs : array, sequence or None
        What it takes.

    Returns
    -------
    Model or None

    Raises
    ------
    ModelError
        It is no model, or takes no such inputs.
    """
    if model is None:
        return None
    from margin_core.study.models.adapt import as_model  # slow to import, and most studies have no model

    return as_model(model, inputs=inputs)
