"""Influence functions of the linear probe, in closed form."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from margin_core.probe.in_sample import InSampleProbe
from margin_core.probe.linear_probe import INVERSE_PENALTY
from margin_core.values import Doubles

MAX_PARAMETERS = 2_000
"""Up to so many the Hessian is whole: 16 classes on 128 dimensions."""

MAX_CELLS = 10_000_000
"""Numbers of the gradients of a block of samples, which are held at once."""


def compute_self_influence(probe: InSampleProbe, training: NDArray[np.bool_]) -> Doubles:
    """Compute g^T H^-1 g of every sample: how fast its loss falls as its own weight in the fit grows.

    Parameters
    ----------
    probe : InSampleProbe
    training : bool array (n,)
        The samples that it was fitted on; H is the Hessian of their loss.

    Returns
    -------
    float array (n,)
        Not negative; larger = only the sample itself supports its label.

    Notes
    -----
    O(n d^2 c^2 + c^3 d^3). Above `MAX_PARAMETERS` only the blocks of H within a class are kept: O(n d^2 c + c d^3).

    References
    ----------
    Koh and Liang, Understanding Black-box Predictions via Influence Functions, ICML 2017, equation 5.
    """
    p = np.exp(probe.log_probabilities)
    residual = p.copy()
    residual[np.arange(len(p)), probe.label_column] -= 1
    d = probe.points.shape[1]
    penalty = np.full(d, 1 / INVERSE_PENALTY)
    penalty[-1] = 0.0
    if probe.contrasts.shape[1] * d <= MAX_PARAMETERS:
        return _by_whole_hessian(probe, p, residual, penalty, training)
    influence = np.zeros(len(p))
    for own, rest in zip(p.T, residual.T, strict=True):
        block = _block(probe.points[training], (own * (1 - own))[training], penalty)
        influence += rest**2 * _inverse_form(block, probe.points)
    return influence


def compute_hessian(points: Doubles, p: Doubles, basis: Doubles, penalty: Doubles) -> Doubles:
    """Compute the Hessian of the loss of a logistic regression.

    Parameters
    ----------
    points : float array (n, d)
        What it was fitted on, the constant 1 included.
    p : float array (n, m)
        Its probabilities.
    basis : float array (m, r)
        `InSampleProbe.contrasts`.
    penalty : float array (d,)
        1 / C, and 0 for the constant.

    Returns
    -------
    float array (r d, r d)
        Symmetric.

    Notes
    -----
    O(n d^2 r^2).
    """
    r, d = basis.shape[1], points.shape[1]
    projected = p @ basis
    whole = np.empty((r, d, r, d))
    for a in range(r):
        for b in range(a + 1):
            share = p @ (basis[:, a] * basis[:, b]) - projected[:, a] * projected[:, b]
            block = _block(points, share, penalty if a == b else None)
            whole[a, :, b, :] = whole[b, :, a, :] = block
    return whole.reshape(r * d, r * d)


def _by_whole_hessian(
    probe: InSampleProbe, p: Doubles, residual: Doubles, penalty: Doubles, training: NDArray[np.bool_]
) -> Doubles:
    from scipy.linalg import cholesky, solve_triangular

    points, basis = probe.points, probe.contrasts
    r, d = basis.shape[1], points.shape[1]
    # Each sample's gradient is a product of r and d numbers: rotate by blocks of rows to keep the memory small.
    factor = cholesky(compute_hessian(points[training], p[training], basis, penalty), lower=True)
    slopes = residual @ basis
    influence = np.empty(len(points))
    for rows in np.array_split(np.arange(len(points)), len(points) * r * d // MAX_CELLS + 1):
        gradient = (slopes[rows][:, :, None] * points[rows][:, None, :]).reshape(len(rows), r * d)
        influence[rows] = np.square(solve_triangular(factor, gradient.T, lower=True)).sum(axis=0)
    return influence


def _block(points: Doubles, share: Doubles, penalty: Doubles | None) -> Doubles:
    block: Doubles = points.T @ (points * share[:, None])
    if penalty is not None:
        block[np.diag_indices_from(block)] += penalty
    return block


def _inverse_form(block: Doubles, points: Doubles) -> Doubles:
    """Compute x^T B^-1 x of every point."""
    from scipy.linalg import cho_factor, cho_solve

    inverse = cho_solve(cho_factor(block, lower=True), np.eye(len(block)))
    return np.asarray(((points @ inverse) * points).sum(axis=1))
