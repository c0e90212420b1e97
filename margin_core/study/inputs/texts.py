"""Texts: the inputs of a study of sentences."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from margin_core.storage.fingerprint import fingerprint
from margin_core.values import Texts


@dataclass(frozen=True, eq=False)
class TextList:
    """Texts; ``texts[3]`` is one, ``texts[rows]`` an array of some.

    Not one array of fixed width: a single long text would make each as wide as itself.

    Attributes
    ----------
    values : tuple of str, length n
        The texts, by row.
    """

    values: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, rows: Any) -> str | Texts:
        picked = np.arange(len(self))[rows]
        return self.values[int(picked)] if picked.ndim == 0 else np.array([self.values[row] for row in picked.tolist()])

    @property
    def shape(self) -> tuple[int]:
        """``(n,)``."""
        return (len(self),)

    @cached_property
    def fingerprint(self) -> str:
        """Identity by content."""
        return fingerprint("texts", self.values)


def are_texts(inputs: Any) -> bool:
    """Return whether the inputs of a study are texts.

    Parameters
    ----------
    inputs : array, `TextList` or other sequence
        Inputs of a study; texts have one value a sample, ``(n,)``.

    Returns
    -------
    bool
        True for one value a sample.
    """
    shape = getattr(inputs, "shape", None)  # picture files have none
    return shape is not None and len(shape) == 1
