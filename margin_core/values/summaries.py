"""What values look like in a terminal and in a notebook: shapes and counts, never arrays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from html import escape
from typing import Any

import numpy as np
from scipy import sparse


class ShortRepr:
    """Base of values with arrays: their `repr` states shapes."""

    def __repr__(self) -> str:
        listed = ", ".join(
            f"{item.name}={describe(value)}"
            for item in fields(self)  # type: ignore[arg-type]
            if (value := getattr(self, item.name)) is not None
        )
        return f"{type(self).__name__}({listed})"


def describe(value: Any) -> str:
    """Return a value in a few words.

    Parameters
    ----------
    value : object

    Returns
    -------
    str
        Type and shape of an array, names of a mapping, else its `repr`.
    """
    if isinstance(value, np.ndarray):
        kind = "str" if value.dtype.kind == "U" else str(value.dtype)
        return f"{kind} {value.shape}"
    if isinstance(value, sparse.csr_array):
        return f"csr {value.dtype} {value.shape}, {value.nnz:,} stored"
    if isinstance(value, Mapping):
        return "{" + ", ".join(map(str, value)) + "}"
    return repr(value)


def html_facts(title: str, facts: Iterable[tuple[str, str]]) -> str:
    """Return a small table of facts for a notebook.

    Parameters
    ----------
    title : str
    facts : iterable of (str, str)
        What, and how much. All text is escaped.

    Returns
    -------
    str
        HTML.
    """
    rows = "".join(
        f"<tr><th style='text-align:left'>{escape(name)}</th><td style='text-align:left'>{escape(text)}</td></tr>"
        for name, text in facts
    )
    return f"<div><strong>{escape(title)}</strong><table>{rows}</table></div>"


def html_rows(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of text for a notebook.

    Parameters
    ----------
    columns : sequence of str
    rows : iterable of sequence of str
        All text is escaped.

    Returns
    -------
    str
        HTML.
    """
    head = "".join(f"<th>{escape(name)}</th>" for name in columns)
    body = "".join("<tr>" + "".join(f"<td>{escape(text)}</td>" for text in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
