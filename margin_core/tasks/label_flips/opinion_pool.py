"""How far each witness is believed, learnt on the study itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from margin_core.tasks.label_flips.calibration import Calibration, softmax
from margin_core.values import Doubles

CONTRAST = 3.0
"""How much a better likelihood counts: a nat more makes a witness exp(3), twenty times, as believed."""

NEIGHBOURS_LEAST = 0.1
"""Share that the neighbours keep: a correction has to show next door."""

ALONE = (1.0, 1.0)
"""Belief in neighbours and head before anything is measured."""

BESIDE_BROUGHT = (2.0, 1.0, 3.0)
"""Belief in neighbours, head and brought probabilities: both views of the embedding together count as one other."""


@dataclass(frozen=True)
class OpinionPool:
    r"""A logarithmic opinion pool.

    .. math:: p(c) \propto \prod_s p_s(c)^{w_s},\qquad w_s \ge 0

    Attributes
    ----------
    weights : tuple of float
        One a witness; 0 = not believed.
    """

    weights: tuple[float, ...]

    def probabilities(self, witnesses: Sequence[Doubles]) -> Doubles:
        """OpinionPool log probabilities ``(n, c)`` into probabilities ``(n, c)``."""
        total = np.zeros(witnesses[0].shape)
        for weight, witness in zip(self.weights, witnesses, strict=True):
            total += weight * witness
        return softmax(total)


def fit_opinion_pool(neighbours: Calibration, head: Calibration, brought: Calibration | None = None) -> OpinionPool:
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
    OpinionPool
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
    return OpinionPool(tuple(float(len(heard) * part * one.exponent) for part, one in zip(share, heard, strict=True)))
