"""RATE: the relative centrality of each variable, in closed form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from margin_core.tasks.variable_importance.effect_sizes import EffectSizes
from margin_core.values import Doubles, Ints

DIVERGENCES = ("full", "quadratic", "released")


def compute_divergences(effects: EffectSizes, form: str = "full") -> Doubles:
    r"""Compute how much the posterior of all other effects changes when one variable's effect is known to be zero.

    :math:`\mathrm{KL}_j = \mathrm{KL}(p(\beta_{-j}) \,\Vert\, p(\beta_{-j} \mid \beta_j = 0))`. With
    :math:`z_j = \mu_j / \sqrt{\Sigma_{jj}}` and :math:`\mathrm{VIF}_j = \Sigma_{jj} \Lambda_{jj}` this is, for all
    variables at once from one factorization,

    ``full``
        :math:`\tfrac12 [(\mathrm{VIF}_j - 1)(z_j^2 + 1) - \log \mathrm{VIF}_j]`.
    ``quadratic``
        :math:`\tfrac12 z_j^2 (\mathrm{VIF}_j - 1)`: the paper's, without the terms that do not depend on the mean.
    ``released``
        :math:`\tfrac12 \mu_j^2\, s^\top \Sigma_{-j}^{-1} s` with :math:`s = \Sigma_{-j,j}`, as the code published with
        the paper computes it, which passes the covariance where the precision belongs. It grows with the fourth power
        of a column's scale, so that a column in other units is another measure.

    Parameters
    ----------
    effects : EffectSizes
        Of p variables.
    form : {'full', 'quadratic', 'released'}

    Returns
    -------
    float array (p,)
        Not negative; larger = more central. 0 for a variable whose effect is independent of all others, however
        large.

    References
    ----------
    Crawford, Flaxman, Runcie and West, Variable prioritization in nonlinear black box methods, Annals of Applied
    Statistics 13 (2019); Ish-Horowicz, Udwin, Scharfstein, Flaxman, Crawford and Filippi, Interpreting deep neural
    networks through variable importance (2020).
    """
    inflation, score = effects.inflation, effects.standard_scores
    if form == "full":
        return np.asarray(0.5 * ((inflation - 1) * (score**2 + 1) - np.log(inflation)))
    if form == "quadratic":
        return np.asarray(0.5 * score**2 * (inflation - 1))
    # s' inv(Sigma_-j) s = Sigma_jj - 1 / Lambda_jj, what the others explain of its variance.
    return np.asarray(0.5 * effects.mean**2 * effects.variance * (1 - 1 / inflation))


def compute_group_divergences(effects: EffectSizes, groups: Sequence[Ints], form: str = "full") -> Doubles:
    r"""Compute the divergence of whole groups of variables, whose effects are known to be zero together.

    ``full``
        :math:`\tfrac12 [\mathrm{tr}(\Sigma_{JJ} \Lambda_{JJ}) - |J| - \log\det(\Sigma_{JJ} \Lambda_{JJ})
        + \mu_J^\top (\Lambda_{JJ} - \Sigma_{JJ}^{-1}) \mu_J]`.
    ``quadratic``
        The last term alone.
    ``released``
        :math:`\tfrac12 \mu_J^\top (\Sigma_{JJ} - \Lambda_{JJ}^{-1}) \mu_J`.

    Parameters
    ----------
    effects : EffectSizes
    groups : sequence of int arrays
        Variables of each group J: the columns of a category, words, the pixels of a patch.
    form : {'full', 'quadratic', 'released'}

    Returns
    -------
    float array, one value a group
        Not negative; of a group of one, that of `compute_divergences`.
    """
    single = compute_divergences(effects, form)
    return np.array(
        [
            single[group[0]] if len(group) == 1 else _group_divergence(effects, np.asarray(group), form)
            for group in groups
        ]
    )


def relative(divergences: Doubles) -> Doubles:
    """Return shares of the sum.

    Parameters
    ----------
    divergences : float array (p,)
        Not negative.

    Returns
    -------
    float array (p,)
        RATE: in [0, 1], with sum 1; all 1 / p where every divergence is 0.
    """
    total = divergences.sum()
    return divergences / total if total > 0 else np.full(len(divergences), 1 / max(len(divergences), 1))


def compute_inequality(rates: Doubles) -> tuple[float, float]:
    r"""Compute how far shares are from being equal.

    Parameters
    ----------
    rates : float array (p,)
        As of `relative`.

    Returns
    -------
    delta : float
        :math:`\Delta = \sum_j r_j \log(p\, r_j)`, the divergence from equal shares, in [0, log p].
    effective_share : float
        The paper's effective sample size, :math:`\mathrm{ESS} = 100 / (1 + \Delta)`, in percent; 100 = all equal.
    """
    present = rates[rates > 0]
    delta = max(float((present * np.log(len(rates) * present)).sum()), 0.0)
    return delta, 100 / (1 + delta)


def compute_group_inflation(effects: EffectSizes, groups: Sequence[Ints]) -> Doubles:
    r"""Compute how far the effects of a group of variables depend on those of all others.

    :math:`\det(\Sigma_{JJ} \Lambda_{JJ})^{1 / |J|}`: the generalized variance inflation factor of Fox and Monette
    (1992), for a variable by itself its `EffectSizes.inflation`.

    Parameters
    ----------
    effects : EffectSizes
    groups : sequence of int arrays
        Numbers of the variables of each group.

    Returns
    -------
    float array, one value a group
        From 1 (independent of the others) up.
    """
    single = effects.inflation
    return np.array(
        [
            single[group[0]] if len(group) == 1 else np.exp(_group_terms(effects, np.asarray(group)).log_inflation)
            for group in groups
        ]
    )


class _GroupTerms(NamedTuple):
    """The terms of the divergence of a group."""

    trace: float
    log_inflation: float
    quadratic: float
    released: float


def _group_terms(effects: EffectSizes, group: Ints) -> _GroupTerms:
    # With P = Sigma_JJ Lambda_JJ: tr(P) - |J|, log det(P) / |J|, and the two terms that the mean makes.
    group = group[effects.noise[group] > 0]
    if not len(group):
        return _GroupTerms(0.0, 0.0, 0.0, 0.0)
    scale = np.sqrt(effects.noise[group])
    own, mean = effects.factor[group] / scale[:, None], effects.mean[group] / scale
    covariance, precision = own @ own.T + np.eye(len(group)), effects.precision(group)
    product = precision @ covariance
    return _GroupTerms(
        trace=float(np.trace(product)) - len(group),
        log_inflation=max(float(np.linalg.slogdet(product)[1]) / len(group), 0.0),
        quadratic=float(mean @ (precision @ mean - np.linalg.solve(covariance, mean))),
        released=float((mean * scale**2) @ (covariance - np.linalg.inv(precision)) @ (mean * scale**2)),
    )


def _group_divergence(effects: EffectSizes, group: Ints, form: str) -> float:
    terms = _group_terms(effects, group)
    if form == "full":
        doubled = terms.trace - int((effects.noise[group] > 0).sum()) * terms.log_inflation + terms.quadratic
    else:
        doubled = terms.quadratic if form == "quadratic" else terms.released
    return max(doubled / 2, 0.0)
