"""Class names as one text, as ``--classes cat,dog`` has them."""

from __future__ import annotations

import csv
from collections.abc import Sequence


def parse_class_names(text: str) -> tuple[str, ...]:
    """Return the class names of a text such as ``cat, dog``.

    Parameters
    ----------
    text : str
        Names with commas between them; one that holds a comma stands in double quotes.

    Returns
    -------
    tuple of str
        Without the blanks around them; empty ones and repetitions are left out.
    """
    lines = text.replace("\r", "\n").split("\n")
    names = (name.strip() for line in csv.reader(lines, skipinitialspace=True) for name in line)
    return tuple(dict.fromkeys(name for name in names if name))


def format_class_names(names: Sequence[str]) -> str:
    """Return class names as one text, which `parse_class_names` reads.

    Parameters
    ----------
    names : sequence of str

    Returns
    -------
    str
    """
    quoted = ('"' + name.replace('"', '""') + '"' if any(mark in name for mark in ',"') else name for name in names)
    return ",".join(quoted)
