"""How far each witness is believed, learnt on the study itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from margin_core.types import UNLABELLED, Doubles, Ints

MOST_ROWS = 5_000
"""One exponent is settled by so many samples; more only cost time."""

LEAST_NOISE = 0.1
"""The floor keeps a handful of wrong labels from blunting a sharp witness; it estimates nothing."""

RIDGE = 1e-3
"""Pulls an exponent that the labels do not settle towards 0."""

CONTRAST = 3.0
"""How much a better likelihood counts: a nat more makes a witness exp(3), twenty times, as believed."""

NEIGHBOURS_LEAST = 0.1
"""Share that the neighbours keep: a correction has to show next door."""

ALONE = (1.0, 1.0)
"""Belief in neighbours and head before anything is measured."""

BESIDE_BROUGHT = (2.0, 1.0, 3.0)
"""Belief in neighbours, head and brought probabilities: both views of the embedding together count as one other."""


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


@dataclass(frozen=True)
class Pool:
    r"""A logarithmic opinion pool.

    .. math:: p(c) \propto \prod_s p_s(c)^{w_s},\qquad w_s \ge 0

    Attributes
    ----------
    weights : tuple of float
        One a witness; 0 = not believed.
    """

    weights: tuple[float, ...]

    def probabilities(self, witnesses: Sequence[Doubles]) -> Doubles:
        """Pool log probabilities ``(n, c)`` into probabilities ``(n, c)``."""
        total = np.zeros(witnesses[0].shape)
        for weight, witness in zip(self.weights, witnesses, strict=True):
            total += weight * witness
        return _softmax(total)


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
    rows = np.flatnonzero(labels != UNLABELLED)
    if not len(rows):
        return Calibration(1.0, 0.0)
    if len(rows) > MOST_ROWS:
        rows = np.sort(np.random.default_rng(0).choice(rows, MOST_ROWS, replace=False))
    logs, own, each = witness[rows].astype(np.float64), labels[rows], np.arange(len(rows))
    n_classes = logs.shape[1]

    def loss(parameters: Doubles) -> tuple[float, Doubles]:
        exponent, noise = parameters
        table = _softmax(exponent * logs)
        hit = table[each, own]
        mixed = (1 - noise) * hit + noise / n_classes
        surplus = logs[each, own] - (logs * table).sum(axis=1)
        slope = 2 * RIDGE * exponent - ((1 - noise) * hit * surplus / mixed).mean()
        value = RIDGE * exponent**2 - np.log(mixed).mean()
        return float(value), np.array([slope, -((1 / n_classes - hit) / mixed).mean()])

    best = minimize(
        loss, np.array([1.0, 2 * LEAST_NOISE]), jac=True, method="L-BFGS-B", bounds=[(0.0, 8.0), (LEAST_NOISE, 0.95)]
    )
    exponent = float(best.x[0])
    return Calibration(exponent, RIDGE * exponent**2 - float(best.fun))


def pooled(neighbours: Calibration, head: Calibration, brought: Calibration | None = None) -> Pool:
    r"""Share belief out by how well each witness foretells the labels alone.

    .. math:: w_s = w^*_s\, \frac{\pi_s e^{3 \ell_s}}{\sum_r \pi_r e^{3 \ell_r}}

    with the exponent :math:`w^*_s` and the likelihood :math:`\ell_s` of each, and the prior belief :math:`\pi_s`.
    Where probabilities are brought, no likelihood counts for more than theirs: features from a network that
    was trained on the same wrong labels foretell these better than any honest witness can, and a fit that
    rewards it believes nothing else.

    Parameters
    ----------
    neighbours, head : Calibration
        The two witnesses made from the embedding.
    brought : Calibration, optional
        Out-of-sample probabilities that came with the study.

    Returns
    -------
    Pool
        Weights in the order of the parameters.
    """
    heard = [neighbours, head] if brought is None else [neighbours, head, brought]
    most = np.inf if brought is None else brought.likelihood
    likelihood = np.array([min(one.likelihood, most) for one in heard])
    share = np.array(ALONE if brought is None else BESIDE_BROUGHT) * np.exp(CONTRAST * (likelihood - likelihood.max()))
    share /= share.sum()
    if share[0] < NEIGHBOURS_LEAST:
        share[1:] *= (1 - NEIGHBOURS_LEAST) / share[1:].sum()
        share[0] = NEIGHBOURS_LEAST
    # A common factor changes no ranking; with this one, comparable witnesses add up like independent ones.
    return Pool(tuple(float(len(heard) * part * one.exponent) for part, one in zip(share, heard, strict=True)))


def _softmax(logits: Doubles) -> Doubles:
    raised: Doubles = np.exp(logits - logits.max(axis=1, keepdims=True))
    raised /= raised.sum(axis=1, keepdims=True)
    return raised
