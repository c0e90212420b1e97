"""Rounding of scores to the digits that mean something."""

from __future__ import annotations

import numpy as np

from margin_core.values import Doubles

DIGITS = 9
"""The same neighbors summed in another order give the same score to so many decimals, and ties stay ties."""


def round_scores(scores: Doubles) -> Doubles:
    """Return scores rounded to `DIGITS` decimals.

    Parameters
    ----------
    scores : float array
        Of size about 1.

    Returns
    -------
    float array, same shape
    """
    rounded: Doubles = np.round(scores, DIGITS)
    return rounded
