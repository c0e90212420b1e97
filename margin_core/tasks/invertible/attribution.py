"""Attribution of a margin to the pixels or columns of a sample, by two methods, each with its completeness gap."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from margin_core.tasks.invertible.projection import Margin

QUADRATURE_NODES = (64, 256, 1024)
"""Points of the Gauss-Legendre rule: more where the attribution is not complete with fewer (a margin with kinks)."""

MAX_GAP = 1e-3
"""A gap up to this counts as none."""


@dataclass(frozen=True, eq=False)
class Attribution:
    """An attribution of a margin to the values of a sample.

    Attributes
    ----------
    values : Tensor, of the shape of one sample
        Positive = evidence for the class that the margin is for.
    gap : float
        Completeness gap ``|sum - m| / |m|``, at least 0; 0 = complete.
    """

    values: Tensor
    gap: float


def first_order(margin: Margin, x: Tensor, projection: Tensor) -> Attribution:
    r"""Compute the attribution of a margin by its gradient at the sample.

    .. math:: a_k = \frac{\partial m}{\partial x_k}(x)\,(x - x_p)_k, \qquad \sum_k a_k \approx m(x)

    As accurate as the margin is linear between x and x_p: its gap can be larger than the margin itself.

    Parameters
    ----------
    margin : callable
        Of two classes, with its gradient.
    x, projection : Tensor (1, ...)
        The sample and its projection x_p.

    Returns
    -------
    Attribution
        Of the shape of the sample.

    References
    ----------
    arXiv 1910.00406: the feature importance of the paper.
    """
    margins, gradients = margin(x)
    return _attribution((gradients * (x - projection))[0], float(margins[0]))


def integrated_gradients(margin: Margin, x: Tensor, projection: Tensor) -> Attribution:
    r"""Compute the attribution of a margin by integrated gradients, with baseline x_p.

    .. math:: a_k = (x - x_p)_k \int_0^1 \frac{\partial m}{\partial x_k}\big(x_p + s\,(x - x_p)\big)\, ds,
        \qquad \sum_k a_k = m(x) - m(x_p) = m(x)

    Complete up to the error of the quadrature, since the baseline lies on the boundary, where the margin is 0.

    Parameters
    ----------
    margin : callable
        Of two classes, with its gradient.
    x, projection : Tensor (1, ...)
        The sample and its projection x_p.

    Returns
    -------
    Attribution
        Of the shape of the sample.

    References
    ----------
    Sundararajan, Taly, Yan, Axiomatic attribution for deep networks, ICML 2017.
    """
    total = float(margin(x)[0][0])
    for nodes in QUADRATURE_NODES:
        found = _attribution((x - projection)[0] * _mean_gradient(margin, x, projection, nodes), total)
        if found.gap < MAX_GAP:
            break
    return found


def _mean_gradient(margin: Margin, x: Tensor, projection: Tensor, nodes: int) -> Tensor:
    """Compute the mean gradient on the straight line from x_p to x, by the Gauss-Legendre rule."""
    positions, weights = np.polynomial.legendre.leggauss(nodes)
    shape = (-1, *[1] * (x.ndim - 1))
    on_line = torch.as_tensor((positions + 1) / 2, dtype=x.dtype).reshape(shape)
    halves = torch.as_tensor(weights / 2, dtype=x.dtype).reshape(shape)
    _, gradients = margin(projection + on_line * (x - projection))
    return (halves * gradients).sum(dim=0)


def _attribution(values: Tensor, margin: float) -> Attribution:
    return Attribution(values, abs(float(values.sum()) - margin) / max(abs(margin), 1e-12))
