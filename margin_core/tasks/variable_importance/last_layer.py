"""The Bayesian last layer: a Laplace approximation of the weights of a softmax layer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from margin_core.values import Doubles
from margin_core.values.arrays import freeze

POSTERIORS = ("full", "diagonal")


@dataclass(frozen=True, eq=False, kw_only=True)
class LogitPosterior:
    r"""The posterior of one class's logit as a function of the activations: :math:`f = H w`.

    Attributes
    ----------
    mean : float array (h,)
        Of the weights w.
    factor : float array (h, r)
        Their covariance is this times its transpose.
    """

    mean: Doubles
    factor: Doubles

    def __post_init__(self) -> None:
        freeze(self, "mean", "factor")


def fit_logit_posterior(
    activations: Doubles, weights: Doubles, probabilities: Doubles, *, penalty: float, form: str = "full"
) -> LogitPosterior:
    r"""Approximate the posterior of the weights of one logit around their mode.

    The inverse covariance is the curvature of the penalized likelihood in the weights of this logit, those of the
    others fixed:

    .. math:: V^{-1} = H^\top \mathrm{diag}(p \circ (1 - p))\, H + \lambda I

    with a column of ones in H for the intercept, which is left out of the result afterwards.

    Parameters
    ----------
    activations : float array (n, h)
        H, of the samples that the layer was fitted to.
    weights : float array (h,)
        Of the logit, at the mode.
    probabilities : float array (n,)
        Of its class, in [0, 1].
    penalty : float
        :math:`\lambda`, the precision of the prior; positive.
    form : {'full', 'diagonal'}
        Whether weights are correlated, or each stands for itself (the diagonal of the curvature, inverted), as in a
        mean-field approximation.

    Returns
    -------
    LogitPosterior
    """
    curvature = probabilities * (1 - probabilities)
    if form == "diagonal":
        precision = curvature @ activations**2 + penalty
        return LogitPosterior(mean=weights, factor=np.diag(1 / np.sqrt(precision)))
    ones = np.ones((len(activations), 1))
    with_intercept = np.hstack([activations, ones])
    precision = with_intercept.T @ (curvature[:, None] * with_intercept)
    precision.flat[:: len(precision) + 1] += penalty
    # V = inv(L L') has the factor inv(L'), whose last row belongs to the intercept.
    triangle = np.linalg.cholesky(precision)
    factor = np.linalg.solve(triangle, np.eye(len(precision))).T
    return LogitPosterior(mean=weights, factor=factor[:-1])
