"""How far each witness is believed, learnt on the study itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from margin_core.types import UNLABELLED, Doubles, Ints

MOST_ROWS = 5_000
"""The few numbers of a pool are settled by so many samples; more only cost time."""

LEAST_NOISE = 0.1
"""The floor keeps a handful of wrong labels from blunting a sharp witness; it estimates nothing."""

RIDGE = 1e-3
"""Pulls weights that the labels do not settle towards 0."""

NEIGHBOURS_LEAST = 0.1
"""Share of all weight that the first witness, the neighbours, keeps: a correction has to show next door."""


@dataclass(frozen=True)
class Pool:
    r"""A logarithmic opinion pool.

    .. math:: p(c) \propto \prod_s p_s(c)^{w_s},\qquad w_s \ge 0

    Attributes
    ----------
    weights : tuple of float
        One a witness; 0 = not believed, 1 = taken at its word.
    noise : float in [0.1, 1)
        Floor of the likelihood in the fit; not an estimate of how many labels are wrong.
    """

    weights: tuple[float, ...]
    noise: float

    def log_odds(self, witnesses: Sequence[Doubles]) -> Doubles:
        """Add up weighted log probabilities ``(n, c)``; not normalised."""
        return sum((w * witness for w, witness in zip(self.weights, witnesses, strict=True)), np.zeros(()))

    def probabilities(self, witnesses: Sequence[Doubles]) -> Doubles:
        """Pool log probabilities ``(n, c)`` into probabilities ``(n, c)``."""
        return _softmax(self.log_odds(witnesses))


def fit_pool(witnesses: Sequence[Doubles], labels: Ints) -> Pool:
    r"""Believe each witness as far as it foretells the given labels.

    Maximises the mean of :math:`\log((1 - \epsilon)\, p_i(y_i) + \epsilon / c)` less
    :math:`10^{-3} \sum_s w_s^2` over the weights and :math:`\epsilon`. The first witness then gets at least a
    tenth of all weight. Every witness must be out of sample: it may not have used the label it foretells. The
    floor lets the fit write wrong labels off as noise instead of blunting a sharp witness.

    Parameters
    ----------
    witnesses : sequence of float array (n, c)
        Log probabilities, the neighbours' first.
    labels : int array (n,)

    Returns
    -------
    Pool
        All weights 1 when there is no label to learn from.
    """
    rows = np.flatnonzero(labels != UNLABELLED)
    if not len(rows):
        return Pool(weights=(1.0,) * len(witnesses), noise=LEAST_NOISE)
    if len(rows) > MOST_ROWS:
        rows = np.sort(np.random.default_rng(0).choice(rows, MOST_ROWS, replace=False))
    logs = np.stack([witness[rows] for witness in witnesses]).astype(np.float64)  # (s, n, c)
    own = labels[rows]
    each = np.arange(len(rows))
    n_classes = logs.shape[2]

    def loss(parameters: Doubles) -> tuple[float, Doubles]:
        weights, noise = parameters[:-1], parameters[-1]
        pooled = _softmax(np.tensordot(weights, logs, axes=1))
        hit = pooled[each, own]
        mixed = (1 - noise) * hit + noise / n_classes
        surplus = logs[:, each, own] - np.einsum("snc,nc->sn", logs, pooled)
        slope = -((1 - noise) * hit * surplus / mixed).mean(axis=1)
        value = RIDGE * float(weights @ weights) - float(np.log(mixed).mean())
        return value, np.append(slope + 2 * RIDGE * weights, -((1 / n_classes - hit) / mixed).mean())

    start = np.append(np.full(len(witnesses), 1 / len(witnesses)), 2 * LEAST_NOISE)
    bounds = [(0.0, 8.0)] * len(witnesses) + [(LEAST_NOISE, 0.95)]
    best = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    weights = [float(weight) for weight in best.x[:-1]]
    weights[0] = max(weights[0], NEIGHBOURS_LEAST * sum(weights))
    return Pool(weights=tuple(weights), noise=float(best.x[-1]))


def _softmax(logits: Doubles) -> Doubles:
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: Doubles = raised / raised.sum(axis=1, keepdims=True)
    return shares
