"""One sample, parts of which are masked."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from margin_core.values import Doubles


class MaskedSample(Protocol):
    """One sample as a model receives it when parts of it are masked.

    Attributes
    ----------
    places : tuple of int
        Shape of a mask: the grid of a picture, the columns of a row, the words of a text.
    """

    @property
    def places(self) -> tuple[int, ...]:
        """Shape of a mask."""
        ...

    def probabilities(self, visible: NDArray[np.bool_]) -> Doubles:
        """Compute the model's class probabilities of the masked sample.

        Parameters
        ----------
        visible : bool array (b, *places)
            True where the sample is left as it is.

        Returns
        -------
        float64 array (b, c)
        """
        ...
