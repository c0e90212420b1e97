"""Errors found against labels looked at."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from margin_core.trust.reviews import WRONG, Reviews
from margin_core.types import Doubles, Ints


def found_by(ranked: Ints, wrong: NDArray[np.bool_]) -> Ints:
    """Count the errors found when labels are looked at in an order.

    Parameters
    ----------
    ranked : int array (r,)
        Rows in the order of looking, each once.
    wrong : bool array (n,)
        Which labels are wrong.

    Returns
    -------
    int array (r + 1,)
        Found after looking at 0, 1, ... r labels.
    """
    return _from_nothing(wrong[ranked])


def found_so_far(reviews: Reviews) -> Ints:
    """Count the errors that reviews found, in the order in which samples were first shown, (r + 1,)."""
    return _from_nothing(reviews.says == WRONG)


def found_by_oracle(looked: int, n_wrong: int) -> Ints:
    """Count what somebody who knows finds: every look is a find until none is left, (looked + 1,)."""
    return np.minimum(np.arange(looked + 1), n_wrong)


def found_by_chance(looked: int, n_wrong: float, n: int) -> Doubles:
    """Expect what looking in random order finds: ``looks × n_wrong / n``, (looked + 1,)."""
    return np.linspace(0, looked * n_wrong / max(n, 1), looked + 1)


def _from_nothing(hits: NDArray[np.bool_]) -> Ints:
    return np.concatenate([[0], np.cumsum(hits)]).astype(np.int64)
