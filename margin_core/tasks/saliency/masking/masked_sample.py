"""One sample, parts of which are hidden from a model."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from margin_core.values import Doubles


class MaskedSample(Protocol):
    """One sample as a model sees it when parts of it are hidden.

    Attributes
    ----------
    places : tuple of int
        Shape of what masks are given on: the grid of a picture, the columns of a row, the words of a text.
    """

    @property
    def places(self) -> tuple[int, ...]:
        """Shape of a mask."""
        ...

    def probabilities(self, visible: NDArray[np.bool_]) -> Doubles:
        """Ask the model: from what is visible (b, places) to probabilities (b, c)."""
        ...
