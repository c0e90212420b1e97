"""Calibration of one opinion against the given labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from margin_core.tasks.label_flips.labeled_rows import sample_labeled
from margin_core.values import Doubles, Ints, TopClasses

MAX_ROWS = 5_000
"""So many samples decide an exponent; more only cost time."""

MIN_NOISE = 0.1
"""The floor keeps a handful of wrong labels from blunting a sharp opinion; it estimates nothing."""

MAX_NOISE = 0.95

MAX_EXPONENT = 8.0

RIDGE_PENALTY = 1e-3
"""Pulls an exponent that the labels do not determine toward 0."""


@dataclass(frozen=True)
class Calibration:
    r"""The fit of one opinion, taken alone, to the given labels.

    Parameters
    ----------
    exponent : float
        w in :math:`p(c) \propto p_s(c)^w`: 1 = well calibrated, less = overconfident, 0 = uninformative.
    likelihood : float
        Mean log likelihood of the given labels under the calibrated opinion, with the noise floor; larger = better.
    """

    exponent: float
    likelihood: float


def calibrate(log_probabilities: TopClasses, labels: Ints) -> Calibration:
    r"""Fit the exponent (an inverse temperature) under which an opinion predicts the given labels best.

    Maximizes the mean of :math:`\log((1 - \epsilon)\, p_i(y_i)^w / Z_i + \epsilon / c)` less
    :math:`10^{-3} w^2` over w and the noise floor :math:`\epsilon \ge 0.1`. The floor lets the fit write wrong
    labels off as noise instead of blunting a sharp opinion.

    Parameters
    ----------
    log_probabilities : TopClasses
        Out of sample: no row may rest on its own label.
    labels : int array (n,)
        Given class of each sample; `UNLABELED` where it has none.

    Returns
    -------
    Calibration
        Exponent 1 and likelihood 0 when there is no label to learn from.

    Notes
    -----
    O(iterations n c) for at most 5,000 samples.
    """
    from scipy.optimize import minimize  # slow to import, and most calibrations are remembered

    rows = sample_labeled(labels, MAX_ROWS)
    if not len(rows):
        return Calibration(1.0, 0.0)
    # Classes along the first axis: sums over a few of them then run along memory.
    some = log_probabilities.take(rows)
    logs, rest = np.ascontiguousarray(some.values.T, dtype=np.float64), some.rest
    n_classes, n_unlisted, given = some.n_classes, some.n_unlisted, some.at_one(labels[rows])
    if not n_unlisted:
        rest = logs.min(axis=0)  # of no class: any number that overflows nowhere

    def loss(parameters: Doubles) -> tuple[float, Doubles]:
        exponent, noise = parameters
        top = exponent * logs.max(axis=0)
        table, unlisted = np.exp(exponent * logs - top), n_unlisted * np.exp(exponent * rest - top)
        total = table.sum(axis=0) + unlisted
        table /= total
        hit = np.exp(exponent * given - top) / total
        mixed = (1 - noise) * hit + noise / n_classes
        surplus = given - (logs * table).sum(axis=0) - rest * unlisted / total
        slope = 2 * RIDGE_PENALTY * exponent - ((1 - noise) * hit * surplus / mixed).mean()
        value = RIDGE_PENALTY * exponent**2 - np.log(mixed).mean()
        return float(value), np.array([slope, -((1 / n_classes - hit) / mixed).mean()])

    best = minimize(
        loss,
        np.array([1.0, 2 * MIN_NOISE]),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0.0, MAX_EXPONENT), (MIN_NOISE, MAX_NOISE)],
    )
    exponent = float(best.x[0])
    return Calibration(exponent, RIDGE_PENALTY * exponent**2 - float(best.fun))
