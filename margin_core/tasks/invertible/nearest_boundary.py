"""The nearest point of a boundary in input space, to compare the projection with."""

from __future__ import annotations

import torch
from torch import Tensor

from margin_core.tasks.invertible.projection import Margin

MAX_DEEP_FOOL_STEPS = 30
REFINEMENTS = 15
ON_BOUNDARY = 1e-3
"""A point whose margin is at most this share of the sample's counts as on the boundary."""


def deep_fool(margin: Margin, x: Tensor) -> Tensor:
    r"""Compute a point of the boundary by repeated linearization (DeepFool).

    .. math:: x \leftarrow x - m(x)\, \nabla m / \lVert \nabla m \rVert^2

    Parameters
    ----------
    margin : callable
        Of two classes, with its gradient.
    x : Tensor (b, ...)
        The samples.

    Returns
    -------
    Tensor (b, ...)
        On the boundary up to a thousandth of the margin at x, where the steps converge.

    References
    ----------
    Moosavi-Dezfooli, Fawzi, Frossard: DeepFool, CVPR 2016, for two classes and without overshoot.
    """
    tolerance = ON_BOUNDARY * margin(x)[0].abs()
    for _ in range(MAX_DEEP_FOOL_STEPS):
        margins, gradients = margin(x)
        if bool((margins.abs() <= tolerance).all()):
            break
        x = x - _scaled(margins / _squares(gradients), gradients)
    return x


def find_nearest_boundary_point(margin: Margin, x: Tensor) -> Tensor:
    r"""Estimate the nearest point of the boundary in input space.

    DeepFool's point, which lies on the boundary but is not the nearest one, is moved along it: the boundary is
    approximated by its tangent plane there, x projected onto that, and the result brought back to the boundary. The
    nearest of all these points is returned.

    Parameters
    ----------
    margin : callable
        Of two classes, with its gradient.
    x : Tensor (b, ...)
        The samples.

    Returns
    -------
    Tensor (b, ...)
        NaN where no point of the boundary was found.

    Notes
    -----
    About 60 gradients for one sample. Its distance is an upper bound: no method finds the nearest point for certain.
    """
    tolerance = ON_BOUNDARY * margin(x)[0].abs()
    best = torch.full_like(x, torch.nan)
    least = torch.full((len(x),), torch.inf, dtype=x.dtype)
    here = deep_fool(margin, x)
    for _ in range(REFINEMENTS):
        margins, gradients = margin(here)
        away = (here - x).flatten(1).norm(dim=1)
        better = (margins.abs() <= tolerance) & (away < least)
        best[better], least[better] = here[better], away[better]
        # Where the line through x along the gradient meets the tangent plane.
        along = ((here - x) * gradients).flatten(1).sum(dim=1) - margins
        tangent = x + _scaled(along / _squares(gradients), gradients)
        here = here + 0.5 * (tangent - here)
        for _ in range(2):
            margins, gradients = margin(here)
            here = here - _scaled(margins / _squares(gradients), gradients)
    return best


def _squares(gradients: Tensor) -> Tensor:
    return (gradients * gradients).flatten(1).sum(dim=1).clamp_min(1e-12)


def _scaled(factors: Tensor, values: Tensor) -> Tensor:
    return factors.reshape(-1, *[1] * (values.ndim - 1)) * values
