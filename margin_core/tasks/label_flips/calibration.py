"""A witness taken alone: how it should be read, and how well it then foretells the labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from margin_core.values import UNLABELLED, Doubles, Ints

MOST_ROWS = 5_000
"""One exponent is settled by so many samples; more only cost time."""

LEAST_NOISE = 0.1
"""The floor keeps a handful of wrong labels from blunting a sharp witness; it estimates nothing."""

RIDGE = 1e-3
"""Pulls an exponent that the labels do not settle towards 0."""


@dataclass(frozen=True)
class Calibration:
    r"""One witness, taken alone.

    Attributes
    ----------
    exponent : float
        w in :math:`p(c) \propto p_s(c)^w`: 1 = taken at its word, less = it overstates, 0 = it says nothing.
    likelihood : float
        Mean log likelihood of the given labels under the calibrated witness, with the noise floor.
    """

    exponent: float
    likelihood: float


def calibrate(witness: Doubles, labels: Ints) -> Calibration:
    r"""Find the exponent under which a witness foretells the given labels best.

    Maximises the mean of :math:`\log((1 - \epsilon)\, p_i(y_i)^w / Z_i + \epsilon / c)` less
    :math:`10^{-3} w^2` over w and the noise floor :math:`\epsilon \ge 0.1`. The floor lets the fit write wrong
    labels off as noise instead of blunting a sharp witness.

    Parameters
    ----------
    witness : float array (n, c)
        Log probabilities, out of sample: no row may rest on its own label.
    labels : int array (n,)

    Returns
    -------
    Calibration
        Exponent 1 and likelihood 0 when there is no label to learn from.
    """
    from scipy.optimize import minimize  # slow to import, and most calibrations are remembered

    rows = np.flatnonzero(labels != UNLABELLED)
    if not len(rows):
        return Calibration(1.0, 0.0)
    if len(rows) > MOST_ROWS:
        rows = np.sort(np.random.default_rng(0).choice(rows, MOST_ROWS, replace=False))
    # Classes along the first axis: sums over a few of them then run along memory.
    logs, own, each = np.ascontiguousarray(witness[rows].T, dtype=np.float64), labels[rows], np.arange(len(rows))
    n_classes, given = len(logs), logs[own, each]

    def loss(parameters: Doubles) -> tuple[float, Doubles]:
        exponent, noise = parameters
        table = softmax(exponent * logs, axis=0)
        hit = table[own, each]
        mixed = (1 - noise) * hit + noise / n_classes
        surplus = given - (logs * table).sum(axis=0)
        slope = 2 * RIDGE * exponent - ((1 - noise) * hit * surplus / mixed).mean()
        value = RIDGE * exponent**2 - np.log(mixed).mean()
        return float(value), np.array([slope, -((1 / n_classes - hit) / mixed).mean()])

    best = minimize(
        loss, np.array([1.0, 2 * LEAST_NOISE]), jac=True, method="L-BFGS-B", bounds=[(0.0, 8.0), (LEAST_NOISE, 0.95)]
    )
    exponent = float(best.x[0])
    return Calibration(exponent, RIDGE * exponent**2 - float(best.fun))


def softmax(logits: Doubles, axis: int = 1) -> Doubles:
    """Turn log probabilities into probabilities that sum to 1 along an axis."""
    raised: Doubles = np.exp(logits - logits.max(axis=axis, keepdims=True))
    raised /= raised.sum(axis=axis, keepdims=True)
    return raised
