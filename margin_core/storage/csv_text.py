"""Texts of a CSV that is safe to open in a spreadsheet.

A spreadsheet runs a cell that begins with ``=``, ``+``, ``-``, ``@``, a tab or a carriage return as a formula, so a
file name could run code on the machine of whoever opens the export. In CSV such a text gets a leading
apostrophe, which spreadsheets take for "this is text". A text that would read like one so marked (an
apostrophe before such a character) gets one more, so that `from_csv_text` gives every text back exactly.
"""

from __future__ import annotations

import re

_DANGEROUS = re.compile(r"'*[=+\-@\t\r]")
MARKED = r"^'('*[=+\-@\t\r])"
"""A text with the mark, which the group is without; as RE2 and Python read it."""

UNMARKED = r"^[=+\-@\t\r]"
"""A text that would have the mark in a file that has any."""

_MARKED = re.compile(MARKED)


def to_csv_text(text: str) -> str:
    """Return a text with a mark where a spreadsheet would run it as a formula.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
    """
    return f"'{text}" if _DANGEROUS.match(text) else text


def from_csv_text(text: str) -> str:
    """Return a text without the mark of `to_csv_text`.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
    """
    return text[1:] if _MARKED.match(text) else text
