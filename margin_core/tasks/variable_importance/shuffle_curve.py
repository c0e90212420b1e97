"""How fast a network's accuracy falls where the first variables of a ranking are shuffled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from margin_core.tasks.variable_importance.held_out import HeldOut
from margin_core.values import Doubles, Ints

SHUFFLES = 20
"""Times that the first variables of a ranking are shuffled, each time otherwise."""

CURVE_POINTS = 16


@dataclass(frozen=True, eq=False, kw_only=True)
class ShuffleCurve:
    """How well the network predicts once the first variables of a ranking are shuffled.

    Attributes
    ----------
    shuffled : int array (q,)
        How many variables, from 0 to all.
    accuracy : float array (q,)
        Share of held-out labels that are predicted, on average over shuffles.
    low, high : float array (q,)
        Nine in ten of the shuffles lie between.
    """

    shuffled: Ints
    accuracy: Doubles
    low: Doubles
    high: Doubles


def compute_shuffle_curves(held_out: HeldOut, orders: Sequence[Ints | None]) -> list[ShuffleCurve]:
    """Compute how the accuracy on held-out labels falls as the first variables of each ranking are shuffled together.

    Parameters
    ----------
    held_out : HeldOut
    orders : sequence of int arrays (m,) or None
        The variables, the most important first; None: another random order in each shuffle, which a ranking has to
        beat.

    Returns
    -------
    list of ShuffleCurve
        The lower, the more of what the network uses has come first.

    Notes
    -----
    The rows of all shuffled columns are permuted alike, so that what goes together among them still does. O(r h^2) for
    each of 20 shuffles at 16 places.
    """
    m = len(held_out.variables.names)
    counts = np.unique(np.round(np.append(0, np.geomspace(1, max(m, 1), CURVE_POINTS - 1))).astype(np.int64))
    counts = counts[counts <= m]
    with threadpool_limits(1, "blas"):
        return [_shuffle_curve(held_out, order, counts) for order in orders]


def _shuffle_curve(held_out: HeldOut, order: Ints | None, counts: Ints) -> ShuffleCurve:
    variables, random = held_out.variables, np.random.default_rng(0)
    values = np.asarray(variables.values, dtype=np.float32)
    found = np.empty((SHUFFLES, len(counts)))
    for repeat in range(SHUFFLES):
        rows = random.permutation(len(values))
        chosen = random.permutation(len(variables.names)) if order is None else order
        for place, count in enumerate(counts.tolist()):
            columns = np.flatnonzero(np.isin(variables.variable_of, chosen[:count]))
            shuffled = values.copy()
            shuffled[:, columns] = values[rows][:, columns]
            found[repeat, place] = held_out.accuracy(shuffled)
    low, high = np.quantile(found, (0.05, 0.95), axis=0)
    return ShuffleCurve(shuffled=counts, accuracy=found.mean(axis=0), low=low, high=high)
