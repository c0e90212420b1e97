"""The logarithmic opinion pool: how far each opinion counts, learned on the study itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from margin_core.tasks.label_flips.calibration import Calibration
from margin_core.values import TopClasses
from margin_core.values.top_classes import all_listed, softmax_of

CONTRAST = 3.0
"""How much a better likelihood counts: a nat more gives an opinion exp(3), twenty times, the weight."""

MIN_NEIGHBOR_SHARE = 0.1
"""Share that the neighbors keep: a correction has to show in its neighborhood."""

PRIOR_WITHOUT_MODEL = (1.0, 1.0)
"""Prior weight of neighbors and probe."""

PRIOR_WITH_MODEL = (2.0, 1.0, 3.0)
"""Prior weight of neighbors, probe and brought probabilities: both views of the embedding together count as one
other."""


@dataclass(frozen=True)
class OpinionPool:
    r"""A logarithmic opinion pool (a weighted geometric mean of distributions).

    .. math:: p(c) \propto \prod_s p_s(c)^{w_s},\qquad w_s \ge 0

    Parameters
    ----------
    weights : tuple of float
        One an opinion; 0 = not used.

    References
    ----------
    Genest and Zidek, Combining probability distributions, Statistical Science 1 (1986).
    """

    weights: tuple[float, ...]

    def probabilities(self, opinions: Sequence[TopClasses]) -> TopClasses:
        """Compute the pooled class probabilities.

        Parameters
        ----------
        opinions : sequence of TopClasses
            Log probabilities of n samples, in the order of the weights.

        Returns
        -------
        TopClasses
            In [0, 1], of the classes that any opinion lists; the classes of a sample sum to 1.
        """
        listed, n = all_listed(opinions), len(opinions[0])
        shape = (n, opinions[0].n_classes) if listed is None else listed.shape
        total, rest = np.zeros(shape), np.zeros(n)
        for weight, opinion in zip(self.weights, opinions, strict=True):
            total += weight * (opinion.dense() if listed is None else opinion.at(listed))
            rest += weight * opinion.rest
        return softmax_of(TopClasses(n_classes=opinions[0].n_classes, values=total, listed=listed, rest=rest))


def fit_opinion_pool(neighbors: Calibration, probe: Calibration, model: Calibration | None = None) -> OpinionPool:
    r"""Fit the weights to how well each opinion predicts the labels alone.

    .. math:: w_s = m\, w^*_s\, \frac{\pi_s e^{3 \ell_s}}{\sum_r \pi_r e^{3 \ell_r}}

    of m opinions with exponent :math:`w^*_s`, likelihood :math:`\ell_s` and prior weight :math:`\pi_s`.
    Where probabilities are brought, no likelihood counts for more than theirs: features from a network that
    was trained on the same wrong labels predict these better than any honest opinion can, and a fit that
    rewards it uses nothing else.

    Parameters
    ----------
    neighbors, probe : Calibration
        The two opinions made from the embedding.
    model : Calibration, optional
        Out-of-sample probabilities that came with the study.

    Returns
    -------
    OpinionPool
        Weights in the order of the parameters.
    """
    opinions = [neighbors, probe] if model is None else [neighbors, probe, model]
    most = np.inf if model is None else model.likelihood
    likelihood = np.array([min(one.likelihood, most) for one in opinions])
    prior = np.array(PRIOR_WITHOUT_MODEL if model is None else PRIOR_WITH_MODEL)
    share = prior * np.exp(CONTRAST * (likelihood - likelihood.max()))
    share /= share.sum()
    if share[0] < MIN_NEIGHBOR_SHARE:
        share[1:] *= (1 - MIN_NEIGHBOR_SHARE) / share[1:].sum()
        share[0] = MIN_NEIGHBOR_SHARE
    # A common factor changes no ranking; with this one, comparable opinions add up like independent ones.
    return OpinionPool(
        tuple(float(len(opinions) * part * one.exponent) for part, one in zip(share, opinions, strict=True))
    )
