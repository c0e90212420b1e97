"""Effect sizes of the variables: a Gaussian posterior of low rank."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from margin_core.errors import ParameterError
from margin_core.values import Doubles, Ints
from margin_core.values.arrays import freeze

MANY = 8
"""From so many times more variables than units the singular values come from the product of the units, (h, h), which
costs a fraction; what is small beside the largest is lost, and does not count."""

BLOCK = 4_096
"""Variables whose directions are computed in one go."""


@dataclass(frozen=True, eq=False, kw_only=True)
class EffectSizes:
    r"""The posterior of the effect sizes: a Gaussian whose covariance has few directions.

    :math:`\beta \sim N(\mu, \Sigma)` with :math:`\Sigma = A A^\top + \mathrm{diag}(\nu)`. Written this way nothing of
    p x p entries is ever made: the cost is O(p h min(p, h)), and memory beside the factor O(h^2) where p is large.

    Attributes
    ----------
    mean : float array (p,)
        :math:`\mu`.
    factor : float array (p, h)
        A. A row of zeros is a variable without any effect, such as a constant column.
    noise : float array (p,)
        :math:`\nu`, the variance that a variable shares with no other; positive but for a variable without effect. It
        makes the covariance invertible where p > h. `with_jitter` takes a share of each variable's own variance, so
        that the unit of a column does not matter.
    """

    mean: Doubles
    factor: Doubles
    noise: Doubles

    def __post_init__(self) -> None:
        freeze(self, "mean", "factor", "noise")

    def __len__(self) -> int:
        return len(self.mean)

    @cached_property
    def variance(self) -> Doubles:
        r"""Variance of each effect, (p,): :math:`\Sigma_{jj}`."""
        shared: Doubles = np.einsum("ph,ph->p", self.factor, self.factor)
        return shared + self.noise

    @cached_property
    def standard_scores(self) -> Doubles:
        r"""Mean over standard deviation, (p,): :math:`z_j = \mu_j / \sqrt{\Sigma_{jj}}`; 0 without effect."""
        scores: Doubles = np.divide(self.mean, np.sqrt(self.variance), where=self._varies, out=np.zeros(len(self)))
        return scores

    @cached_property
    def inflation(self) -> Doubles:
        r"""Variance inflation factor, (p,), from 1 (independent of the others) up: :math:`\Sigma_{jj} \Lambda_{jj}`.

        With :math:`\Lambda = \Sigma^{-1}` and the singular values s and left singular vectors u of
        :math:`\nu^{-1/2} A`, :math:`\nu_j \Lambda_{jj} = 1 - \sum_k u_{jk}^2 + \sum_k u_{jk}^2 / (1 + s_k^2)`, in which
        nothing cancels.
        """
        own = np.zeros(len(self))
        varies = np.flatnonzero(self._varies)
        for start in range(0, len(varies), BLOCK):
            block = varies[start : start + BLOCK]
            own[block] = self._own_precision(self._directions(block))
        ratio = np.divide(self.variance, self.noise, where=self._varies, out=np.ones(len(self)))
        inflation: Doubles = np.where(self._varies, np.maximum(ratio * own, 1.0), 1.0)
        return inflation

    def correlation(self, rows: Ints) -> Doubles:
        """Return posterior correlations of some variables with all.

        Parameters
        ----------
        rows : int array (r,)
            Numbers of variables.

        Returns
        -------
        float array (r, p)
            In [-1, 1]; 0 with a variable without effect.
        """
        deviation = np.sqrt(np.where(self._varies, self.variance, 1.0))
        scaled = self.factor / deviation[:, None]
        found = scaled[rows] @ scaled.T
        found[np.arange(len(rows)), rows] = self._varies[rows].astype(float)
        return np.asarray(np.clip(found, -1, 1))

    def given_zero(self, rows: Ints) -> EffectSizes:
        r"""Condition on the effects of some variables being zero: they are nullified.

        .. math::

            \mu_{-N} - \Sigma_{-N,N} \Sigma_{NN}^{-1} \mu_N, \quad
            A_{-N} (I + A_N^\top \nu_N^{-1} A_N)^{-1} A_{-N}^\top + \mathrm{diag}(\nu_{-N})

        Parameters
        ----------
        rows : int array (r,)
            N.

        Returns
        -------
        EffectSizes
            Of the p - r others, in their order.
        """
        nulled = np.intersect1d(rows, np.flatnonzero(self._varies))
        others = np.setdiff1d(np.arange(len(self)), rows)
        known, scale = self.factor[nulled], self.noise[nulled]
        shrunk = np.eye(self.factor.shape[1]) + known.T @ (known / scale[:, None])
        triangle = np.linalg.cholesky(shrunk)
        pulled = np.linalg.solve(shrunk, known.T @ (self.mean[nulled] / scale))
        return EffectSizes(
            mean=self.mean[others] - self.factor[others] @ pulled,
            factor=np.linalg.solve(triangle, self.factor[others].T).T,
            noise=self.noise[others],
        )

    @property
    def _varies(self) -> np.ndarray:
        return self.noise > 0

    def precision(self, rows: Ints) -> Doubles:
        r"""Return a block of the inverse of the covariance, over the root of the noise on both sides.

        Parameters
        ----------
        rows : int array (r,)
            J, variables that have an effect.

        Returns
        -------
        float array (r, r)
            :math:`\nu_J^{1/2} \Lambda_{JJ} \nu_J^{1/2}`, in O(r^2 h) beside the one factorization of all.
        """
        vectors = self._directions(rows)
        shrunk = (vectors / (1 + self._spectrum.squares)) @ vectors.T
        return shrunk if self._spectrum.is_whole else np.asarray(np.eye(len(rows)) - vectors @ vectors.T + shrunk)

    def _own_precision(self, vectors: Doubles) -> Doubles:
        """Return the diagonal of `precision` for some rows of the left singular vectors, (r,)."""
        weight = vectors**2
        left = 0.0 if self._spectrum.is_whole else np.maximum(1 - weight.sum(axis=1), 0)
        return np.asarray(left + weight @ (1 / (1 + self._spectrum.squares)))

    def _directions(self, rows: Ints) -> Doubles:
        """Return the left singular vectors of some variables with an effect, (r, k)."""
        spectrum = self._spectrum
        if spectrum.left is not None:
            return np.asarray(spectrum.left[rows])
        return np.asarray(self._scaled(rows) @ (spectrum.right / np.sqrt(spectrum.squares)))

    def _scaled(self, rows: Ints) -> Doubles:
        return np.asarray(self.factor[rows] / np.sqrt(self.noise[rows])[:, None])

    @cached_property
    def _spectrum(self) -> _Spectrum:
        varies = np.flatnonzero(self._varies)
        units = self.factor.shape[1]
        if len(varies) <= MANY * units:
            vectors, singular, _ = np.linalg.svd(self._scaled(varies), full_matrices=False)
            left = np.zeros((len(self), len(singular)))
            left[varies] = vectors
            # With as many directions as variables, what is left of each is nothing but rounding.
            is_whole = len(singular) >= len(varies)
            return _Spectrum(squares=singular**2, left=left, right=np.empty((units, 0)), is_whole=is_whole)
        products = np.zeros((units, units))
        for start in range(0, len(varies), BLOCK):
            block = self._scaled(varies[start : start + BLOCK])
            products += block.T @ block
        squares, right = np.linalg.eigh(products)
        # A direction without length has no vector to speak of, and as good as no weight.
        kept = squares > squares[-1] * units * np.finfo(float).eps
        return _Spectrum(squares=squares[kept], left=None, right=right[:, kept], is_whole=False)


class _Spectrum(NamedTuple):
    """The k directions of the factor over the root of the noise, B = U S V'.

    Attributes
    ----------
    squares : float array (k,)
        Of the singular values.
    left : float array (p, k) or None
        U; of many variables, it is computed block by block from `right`.
    right : float array (h, k)
        V, where `left` is None.
    is_whole : bool
        Whether the directions are as many as the variables that have an effect.
    """

    squares: Doubles
    left: Doubles | None
    right: Doubles
    is_whole: bool


def with_jitter(mean: Doubles, factor: Doubles, jitter: float) -> EffectSizes:
    r"""Return effect sizes whose own variance is a share of what the factor says.

    Parameters
    ----------
    mean : float array (p,)
        Of the effect size of each variable.
    factor : float array (p, h)
        A with the covariance :math:`A A^T`.
    jitter : float
        Positive: :math:`\nu_j = \text{jitter} \cdot \lVert a_j \rVert^2`.

    Returns
    -------
    EffectSizes

    Raises
    ------
    ParameterError
        The jitter is not positive.
    """
    if not jitter > 0:
        raise ParameterError(f"jitter must be positive, or the covariance has no inverse; got {jitter!r}. Try 0.001.")
    return EffectSizes(mean=mean, factor=factor, noise=jitter * np.einsum("ph,ph->p", factor, factor))
