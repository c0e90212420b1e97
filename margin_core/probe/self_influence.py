"""Influence functions of the linear probe, in closed form."""

from __future__ import annotations

import numpy as np

from margin_core.probe.in_sample import InSample
from margin_core.probe.linear_probe import STRENGTH
from margin_core.values import Doubles

MOST_PARAMETERS = 2_000
"""Up to so many the Hessian is whole: 16 classes on 128 dimensions."""


def influence_on_itself(fitted: InSample, learnt_from: np.ndarray) -> Doubles:
    """Give g^T H^-1 g of every sample, (n,); H is that of the samples that were fitted on."""
    p = np.exp(fitted.log_probabilities)
    residual = p.copy()
    residual[np.arange(len(p)), fitted.place] -= 1
    d = fitted.points.shape[1]
    penalty = np.full(d, 1 / STRENGTH)
    penalty[-1] = 0.0
    if fitted.contrasts.shape[1] * d <= MOST_PARAMETERS:
        return _whole(fitted, p, residual, penalty, learnt_from)
    found = np.zeros(len(p))
    for own, left in zip(p.T, residual.T, strict=True):
        found += left**2 * _solved(_block(fitted.points[learnt_from], (own * (1 - own))[learnt_from], penalty), fitted)
    return found


def _whole(fitted: InSample, p: Doubles, residual: Doubles, penalty: Doubles, learnt_from: np.ndarray) -> Doubles:
    from scipy.linalg import cholesky, solve_triangular

    points, basis = fitted.points, fitted.contrasts
    r, d = basis.shape[1], points.shape[1]
    # Each sample's gradient is a product of r and d numbers: rotate by blocks of rows to keep the memory small.
    factor = cholesky(hessian(points[learnt_from], p[learnt_from], basis, penalty), lower=True)
    slopes = residual @ basis
    found = np.empty(len(points))
    for rows in np.array_split(np.arange(len(points)), len(points) * r * d // 10_000_000 + 1):
        gradient = (slopes[rows][:, :, None] * points[rows][:, None, :]).reshape(len(rows), r * d)
        found[rows] = np.square(solve_triangular(factor, gradient.T, lower=True)).sum(axis=0)
    return found


def hessian(points: Doubles, p: Doubles, basis: Doubles, penalty: Doubles) -> Doubles:
    """Give the Hessian of the loss of a logistic head, (r d, r d).

    Parameters
    ----------
    points : float array (n, d)
        What it was fitted on, the constant 1 included.
    p : float array (n, m)
        Its probabilities.
    basis : float array (m, r)
        `InSample.contrasts`.
    penalty : float array (d,)
        1 / C, and 0 for the constant.
    """
    r, d = basis.shape[1], points.shape[1]
    projected = p @ basis
    found = np.empty((r, d, r, d))
    for a in range(r):
        for b in range(a + 1):
            share = p @ (basis[:, a] * basis[:, b]) - projected[:, a] * projected[:, b]
            block = _block(points, share, penalty if a == b else None)
            found[a, :, b, :] = found[b, :, a, :] = block
    return found.reshape(r * d, r * d)


def _block(points: Doubles, share: Doubles, penalty: Doubles | None) -> Doubles:
    block: Doubles = points.T @ (points * share[:, None])
    if penalty is not None:
        block[np.diag_indices_from(block)] += penalty
    return block


def _solved(block: Doubles, fitted: InSample) -> Doubles:
    from scipy.linalg import cho_factor, cho_solve

    inverse = cho_solve(cho_factor(block, lower=True), np.eye(len(block)))
    return np.asarray(((fitted.points @ inverse) * fitted.points).sum(axis=1))
