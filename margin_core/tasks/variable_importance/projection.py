"""From the logit as a function of the activations to an effect size for every variable."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from margin_core.errors import ParameterError
from margin_core.tasks.variable_importance.effect_sizes import EffectSizes, with_jitter
from margin_core.tasks.variable_importance.last_layer import LogitPosterior
from margin_core.values import Doubles

PROJECTIONS = ("ridge", "linear", "covariance")

RIDGE_PENALTIES = np.logspace(-5, 5, 21)


def project(
    variables: Doubles | sparse.csr_array,
    activations: Doubles,
    logit: LogitPosterior,
    *,
    form: str = "covariance",
    jitter: float = 0.001,
) -> EffectSizes:
    r"""Compute the posterior of the effect sizes of the variables.

    An effect size is a linear map of the logit at the samples, :math:`\beta = P f` with :math:`f = H w`, so it is
    Gaussian as the weights are. With X the variables, each less its mean:

    ``covariance``
        :math:`P = X^\top / (n - 1)`: of each variable with the logit.
    ``linear``
        :math:`P = X^+`: coefficients of least squares, of the smallest norm.
    ``ridge``
        :math:`P = (X^\top X + \alpha I)^{-1} X^\top`, with the :math:`\alpha` that predicts the mean logit best where
        each sample is left out.

    Parameters
    ----------
    variables : float array (n, p) or CSR array (n, p)
        X; for a sparse one ``covariance`` alone.
    activations : float array (n, h)
        H.
    logit : LogitPosterior
        Of w.
    form : {'covariance', 'linear', 'ridge'}
    jitter : float
        See `with_jitter`.

    Returns
    -------
    EffectSizes

    Raises
    ------
    ParameterError
        Least squares of a sparse table.
    """
    inner = activations - activations.mean(axis=0)
    if form == "covariance":  # with centered activations, the mean of a variable makes no difference
        carried = np.asarray(variables.T @ inner) / (variables.shape[0] - 1)
    elif isinstance(variables, np.ndarray):
        carried = _least_squares(variables - variables.mean(axis=0), inner, inner @ logit.mean, form == "ridge")
    else:
        raise ParameterError(f"{variables.shape[1]:,} words have too many coefficients. Use projection=covariance.")
    return with_jitter(carried @ logit.mean, carried @ logit.factor, jitter)


def _least_squares(centered: Doubles, inner: Doubles, target: Doubles, penalized: bool) -> Doubles:
    """Return the coefficients (p, h) of the activations, without a penalty or with the one that suits a target."""
    left, singular, right = np.linalg.svd(centered, full_matrices=False)
    kept = singular > singular.max(initial=0) * max(centered.shape) * np.finfo(float).eps
    left, singular, right = left[:, kept], singular[kept], right[kept]
    penalty = _best_penalty(left, singular, target) if penalized else 0.0
    return np.asarray(right.T @ ((singular / (singular**2 + penalty))[:, None] * (left.T @ inner)))


def _best_penalty(left: Doubles, singular: Doubles, target: Doubles) -> float:
    """Return the penalty with the least squared error where each sample is left out, which has a closed form."""
    inside = left.T @ target
    errors = []
    for penalty in RIDGE_PENALTIES:
        shrink = singular**2 / (singular**2 + penalty)
        leverage = left**2 @ shrink + 1 / len(target)
        errors.append(np.square((target - left @ (shrink * inside)) / np.maximum(1 - leverage, 1e-12)).mean())
    return float(RIDGE_PENALTIES[int(np.argmin(errors))])
