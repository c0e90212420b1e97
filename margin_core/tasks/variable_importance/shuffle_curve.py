"""How fast a network's accuracy falls where the first variables of a ranking are shuffled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from threadpoolctl import threadpool_limits

from margin_core.tasks.variable_importance.array_parts import ArrayParts
from margin_core.tasks.variable_importance.held_out import HeldOut
from margin_core.values import Doubles, Ints, Texts

RANDOM = "random"
"""The name of a ranking that is another random order in each shuffle."""

SHUFFLES = 20
"""Times that the first variables of a ranking are shuffled, each time otherwise."""

CURVE_POINTS = 16


@dataclass(frozen=True, eq=False, kw_only=True)
class ShuffleCurves(ArrayParts):
    """The accuracy on held-out labels once the first variables of each of r rankings are shuffled.

    Attributes
    ----------
    names : array of str (r,)
        Of the rankings.
    shuffled : int array (q,)
        How many variables, from 0 to all.
    accuracy : float array (r, q)
        Share of held-out labels that are predicted, on average over shuffles. The lower, the more of what the network
        uses has come first.
    low, high : float array (r, q)
        Nine in ten of the shuffles lie between.
    """

    names: Texts
    shuffled: Ints
    accuracy: Doubles
    low: Doubles
    high: Doubles


def compute_shuffle_curves(
    held_out: HeldOut | None, rankings: Mapping[str, Ints], counts: Ints | None = None
) -> ShuffleCurves:
    """Compute how the accuracy falls as the first variables of each ranking are shuffled together.

    Parameters
    ----------
    held_out : HeldOut or None
        None: there is no network, and so there are no curves.
    rankings : mapping of str to int array (m,)
        The variables by their names, the most important first.
    counts : int array (q,), optional
        How many variables are shuffled, ascending; default: 0, and up to 15 others, closer to each other where they are
        few.

    Returns
    -------
    ShuffleCurves
        Of the rankings, and last of `RANDOM`, which each has to beat.

    Notes
    -----
    The rows of all shuffled columns are permuted alike, so that what goes together among them still does.
    O(r h (h + p)) for each of 20 shuffles.
    """
    if held_out is None:
        nothing = np.empty((0, 0))
        return ShuffleCurves(
            names=np.empty(0, dtype=str), shuffled=np.empty(0, np.int64), accuracy=nothing, low=nothing, high=nothing
        )
    if counts is None:
        m = len(held_out.variables.names)
        counts = np.unique(np.round(np.append(0, np.geomspace(1, max(m, 1), CURVE_POINTS - 1))).astype(np.int64))
        counts = counts[counts <= m]
    with threadpool_limits(1, "blas"):
        found = np.array([_accuracies(held_out, order, counts) for order in [*rankings.values(), None]])
    low, high = np.quantile(found, (0.05, 0.95), axis=1)
    return ShuffleCurves(
        names=np.array([*rankings, RANDOM]), shuffled=counts, accuracy=found.mean(axis=1), low=low, high=high
    )


def _accuracies(held_out: HeldOut, order: Ints | None, counts: Ints) -> Doubles:
    """Return the accuracy for each shuffle and number of variables; without an order, of another random one each."""
    variables, random = held_out.variables, np.random.default_rng(0)
    found = np.empty((SHUFFLES, len(counts)))
    for repeat in range(SHUFFLES):
        rows = random.permutation(len(held_out.labels))
        chosen = random.permutation(len(variables.names)) if order is None else order
        shuffled = held_out.first_layer
        for place, (before, count) in enumerate(pairwise([0, *counts.tolist()])):
            columns = np.flatnonzero(np.isin(variables.variable_of, chosen[before:count]))
            shuffled = shuffled + held_out.change(columns, rows)
            found[repeat, place] = held_out.accuracy(shuffled)
    return found
