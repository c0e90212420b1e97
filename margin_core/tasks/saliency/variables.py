"""The nodes of a row of numbers or of a text: its columns or its words."""

from __future__ import annotations

import re

import numpy as np

from margin_core.values import Ints, Texts

WORD = re.compile(r"\S+")


def column_layout(width: int) -> Ints:
    """Return the layout in which every column of a row is a node.

    Parameters
    ----------
    width : int
        d, the number of columns.

    Returns
    -------
    int array (1, d)
        The node of each column, in the only division.
    """
    return np.arange(width, dtype=np.int64)[None]


def split_words(text: str) -> Texts:
    """Split a text into words at its white space.

    Parameters
    ----------
    text : str

    Returns
    -------
    array of str (words,)
        Punctuation is kept with its word.
    """
    return np.array(WORD.findall(text), dtype=str)
