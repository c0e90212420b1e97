"""Choices among values that are computed in single precision, made alike on every machine."""

from __future__ import annotations

import numpy as np

from margin_core.values import Doubles, Ints

TIE_TOLERANCE = 1e-5
"""Share of the largest value by which another falls short of it and is as good: sums of float32 distances and kernels
differ by a tenth of it from processor to processor."""


def find_near_largest(values: Doubles, scale: float | None = None) -> Ints:
    """Return the places of the largest value and of those that rounding alone may set apart from it.

    Parameters
    ----------
    values : float array (n,), n >= 1
        Of single precision, or sums of such.
    scale : float, optional
        What they are precise in proportion to; the largest value where nothing is given.

    Returns
    -------
    int array (t,), t >= 1
        Ascending; of samples in the order of their ids, the first is the choice.
    """
    largest = float(values.max())
    return np.flatnonzero(values >= largest - TIE_TOLERANCE * (abs(largest) if scale is None else scale))
