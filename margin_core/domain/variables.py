"""The domain of a row or a text: its columns or words are the nodes."""

from __future__ import annotations

import re

import numpy as np

from margin_core.values import Ints, Texts

WORD = re.compile(r"\S+")


def columns(width: int) -> Ints:
    """Make every column of a row a node: (1, d), the node of each column in the only division."""
    return np.arange(width, dtype=np.int64)[None]


def words(text: str) -> Texts:
    """Cut a text into words at its white space: (words,), punctuation kept with its word."""
    return np.array(WORD.findall(text), dtype=str)
