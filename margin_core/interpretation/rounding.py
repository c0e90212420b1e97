"""Rounding of scores to the digits that mean something."""

from __future__ import annotations

import numpy as np

from margin_core.values import Doubles

DIGITS = 6
"""What single precision holds: the same neighbors summed in another order, or by another processor, give the same score
to so many decimals, and ties stay ties."""


def round_scores(scores: Doubles) -> Doubles:
    """Return scores rounded to `DIGITS` decimals.

    Parameters
    ----------
    scores : float array (...)
        Of size about 1.

    Returns
    -------
    float array (...)
    """
    rounded: Doubles = np.round(scores, DIGITS)
    return rounded
