"""Errors found against labels looked at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from margin_core.review.estimates.error_posterior import ErrorPosterior
from margin_core.review.estimates.reviews import WRONG, Reviews
from margin_core.values import UNLABELLED, Doubles, Ints, freeze

TAILS = (0.025, 0.975)


@dataclass(frozen=True, eq=False, kw_only=True)
class ExpectedYield:
    """Errors that the next looks may find.

    Attributes
    ----------
    likely : float array (r + 1,)
        Expected after 0, 1, ... r looks.
    low, high : float array (r + 1,)
        95 % interval after each number of looks.
    """

    likely: Doubles
    low: Doubles
    high: Doubles

    def __post_init__(self) -> None:
        freeze(self, "likely", "low", "high")


def observed_yield(ranked: Ints, wrong: NDArray[np.bool_]) -> Ints:
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


def reviewed_yield(reviews: Reviews) -> Ints:
    """Count the errors that reviews found, in the order in which samples were first shown, (r + 1,)."""
    return _from_nothing(reviews.says == WRONG)


def expected_yield(belief: ErrorPosterior, rows: Ints) -> ExpectedYield:
    """Foresee how many errors a look at some labels will find, in their order, from what is believed of them now.

    Parameters
    ----------
    belief : ErrorPosterior
    rows : int array (r,)
        Labels that nobody has reviewed, in the order in which they will be looked at; one without a label finds
        nothing.

    Returns
    -------
    ExpectedYield
        The interval holds 95 % of what comes out when a possible correction is drawn and labels are wrong by chance.

    Notes
    -----
    O(1000 r): some 3 ms for 100 rows.
    """
    labelled = belief.prior.given[rows] != UNLABELLED
    chances = belief.possible[:, belief.level[rows]] * labelled
    hits = np.random.default_rng(3).random(chances.shape) < chances
    found = np.zeros((len(chances), len(rows) + 1))
    np.cumsum(hits, axis=1, out=found[:, 1:])
    low, high = np.quantile(found, TAILS, axis=0)
    return ExpectedYield(likely=np.concatenate([[0.0], np.cumsum(chances.mean(axis=0))]), low=low, high=high)


def oracle_yield(looked: int, n_wrong: int) -> Ints:
    """Count what somebody who knows finds: every look is a find until none is left, (looked + 1,)."""
    return np.minimum(np.arange(looked + 1), n_wrong)


def random_order_yield(looked: int, n_wrong: float, n: int) -> Doubles:
    """Expect what looking in random order finds: ``looks × n_wrong / n``, (looked + 1,)."""
    return np.linspace(0, looked * n_wrong / max(n, 1), looked + 1)


def _from_nothing(hits: NDArray[np.bool_]) -> Ints:
    return np.concatenate([[0], np.cumsum(hits)]).astype(np.int64)
