"""Which line of a table in text is unlike the others, in a sentence: parsers say it of a byte, or not at all."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

from margin_core.errors import SourceError
from margin_core.study.samples import counted

_MAX_SHOWN = 60
"""Characters of a line that a message shows."""

_KINDS = {str: "a text", bool: "a boolean", int: "a number", float: "a number", list: "a list", dict: "an object"}


def find_uneven_line(path: Path, content: bytes, delimiter: str, columns: int, above: int = 0) -> SourceError | None:
    r"""Return what is wrong with the first line that has other values than there are columns.

    Parameters
    ----------
    path : Path
        Named in the message.
    content : bytes
        UTF-8, from the names of the columns on.
    delimiter : str
    columns : int
        Number of them.
    above : int
        Lines of the file above the content.

    Returns
    -------
    SourceError or None
        None where every line has a value for each column.
    """
    rows = csv.reader(io.StringIO(content.decode(errors="replace"), newline=""), delimiter=delimiter)
    begin = 1
    try:
        for row in rows:
            if row and len(row) != columns:
                break
            begin = rows.line_num + 1
        else:
            return None
    except csv.Error:  # what a quote holds is longer than a value may be
        row = []
    where = f"'{path}', line {begin + above:,}"
    if not row or rows.line_num > begin:
        return SourceError(
            f'{where}: a quote (") is opened, and not closed in its line, so that {counted(columns, "column")} cannot '
            "be told apart. Close it, or write a quote that belongs to a text twice."
        )
    line = _shortened(delimiter.join(row))
    remedy = "Add what is missing" if len(row) < columns else f"Put a value that has a '{delimiter}' in it into quotes"
    return SourceError(
        f"{where}: {counted(len(row), 'value')} for {counted(columns, 'column')} ('{line}'). {remedy}, or leave the "
        "line out."
    )


def find_odd_object(path: Path) -> SourceError | None:
    """Return what is wrong with the first line of JSON that is no object, or has a value of another kind.

    Parameters
    ----------
    path : Path
        Of lines of JSON.

    Returns
    -------
    SourceError or None
        None where nothing is found.
    """
    known: dict[str, tuple[str, int]] = {}
    with path.open(encoding="utf-8-sig", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            where = f"'{path}', line {number:,}"
            entry = _object(line)
            if entry is None:
                return SourceError(
                    f"{where}: not a whole JSON object ('{_shortened(line.strip())}'). Each line is an object such as "
                    '{"text": "fine", "label": "good"}; mend this one, or leave it out.'
                )
            for name, value in entry.items():
                kind = _KINDS.get(type(value))
                first, at = known.setdefault(name, (kind, number)) if kind else ("", 0)
                if kind and kind != first:
                    return SourceError(
                        f"{where}: '{name}' is {kind}, and {first} in line {at:,}. Give it one kind of value in all "
                        "lines."
                    )
    return None


def _object(line: str) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _shortened(line: str) -> str:
    return line if len(line) <= _MAX_SHOWN else f"{line[:_MAX_SHOWN]}..."
