"""JSON files as other programs export them, and what is wrong with one in a sentence."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from margin_core.errors import SourceError

MAX_BYTES = 1 << 30
"""Bytes of a file; as objects in memory, it takes several times as much."""

Entries = list[dict[str, Any]]


def read_json(path: Path) -> Any:
    """Read a JSON file.

    Parameters
    ----------
    path : Path

    Returns
    -------
    dict, list or another value

    Raises
    ------
    SourceError
        The file is damaged, nested without end, or larger than 1 GB.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SourceError(f"'{path}' is larger than 1 GB. Export it in parts.")
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise SourceError(f"'{path}' cannot be read as JSON: {_reason(error)}. Export it again.") from error


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return getattr(error, "strerror", None) or str(error)


def entries_of(path: Path, document: Any, name: str) -> Entries:
    """Return a list of objects in a document.

    Parameters
    ----------
    path : Path
        Named in the message.
    document : object
        Of a JSON file.
    name : str
        Of the list.

    Returns
    -------
    list of dict

    Raises
    ------
    SourceError
        It is no list of objects.
    """
    entries = document.get(name) if isinstance(document, dict) else None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise SourceError(f"'{path}': '{name}' is not a list of objects. Export the file again.")
    return entries


def numbers_of(value: Any, count: int) -> tuple[float, ...] | None:
    """Return a list of so many finite numbers, or None where a value is anything else.

    Parameters
    ----------
    value : object
        Of a JSON file.
    count : int

    Returns
    -------
    tuple of float, or None
    """
    if not isinstance(value, list) or len(value) != count or not all(_is_number(number) for number in value):
        return None
    return tuple(map(float, value))


def number_of(value: Any) -> float | None:
    """Return a finite number, or None where a value is anything else.

    Parameters
    ----------
    value : object
        Of a JSON file.

    Returns
    -------
    float or None
    """
    return float(value) if _is_number(value) else None


def _is_number(value: Any) -> bool:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number beyond the largest float
        return False


def text_of(value: Any) -> str:
    """Return a name or a number as text; empty for anything else.

    Parameters
    ----------
    value : object
        Of a JSON file.

    Returns
    -------
    str
    """
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
