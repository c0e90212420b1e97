"""Which part of a sample carries its margin: two ways of sharing it out, each with what it leaves over."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from margin_core.tasks.invertible.projection import Margin

NODES = (64, 256, 1024)
"""Points of the Gauss-Legendre rule: more where the shares do not add up with fewer, for a margin with kinks."""

ADDS_UP = 1e-3
"""A gap up to this is none."""


@dataclass(frozen=True, eq=False)
class Attribution:
    """A margin shared out.

    Attributes
    ----------
    shares : Tensor, of the shape of one sample
        Positive: speaks for the class that the margin is for.
    gap : float
        How far the shares are from adding up: ``|sum - m| / |m|``; 0 = complete.
    """

    shares: Tensor
    gap: float


def first_order(margin: Margin, x: Tensor, foot: Tensor) -> Attribution:
    r"""Share the margin out by its gradient at the sample.

    .. math:: a_k = \frac{\partial m}{\partial x_k}(x)\,(x - x_p)_k, \qquad \sum_k a_k \approx m(x)

    Only as good as the margin is linear between x and x_p: its gap can be larger than the margin itself.

    Parameters
    ----------
    margin : callable
    x, foot : Tensor (1, ...)
        The sample and its projection x_p.

    References
    ----------
    arXiv 1910.00406: the feature importance of the paper.
    """
    margins, gradients = margin(x)
    return _attribution((gradients * (x - foot))[0], float(margins[0]))


def integrated_gradients(margin: Margin, x: Tensor, foot: Tensor) -> Attribution:
    r"""Share the margin out by its mean gradient on the straight line from x_p to x.

    .. math:: a_k = (x - x_p)_k \int_0^1 \frac{\partial m}{\partial x_k}\big(x_p + s\,(x - x_p)\big)\, ds,
        \qquad \sum_k a_k = m(x) - m(x_p) = m(x)

    Complete but for the error of the integral, since the baseline lies on the boundary, where the margin is 0.

    Parameters
    ----------
    margin : callable
    x, foot : Tensor (1, ...)
    """
    wanted = float(margin(x)[0][0])
    for nodes in NODES:
        found = _attribution((x - foot)[0] * _mean_gradient(margin, x, foot, nodes), wanted)
        if found.gap < ADDS_UP:
            break
    return found


def _mean_gradient(margin: Margin, x: Tensor, foot: Tensor, nodes: int) -> Tensor:
    """Average the gradient over the straight line, by Gauss and Legendre's rule."""
    places, weights = np.polynomial.legendre.leggauss(nodes)
    shape = (-1, *[1] * (x.ndim - 1))
    on_line = torch.as_tensor((places + 1) / 2, dtype=x.dtype).reshape(shape)
    halves = torch.as_tensor(weights / 2, dtype=x.dtype).reshape(shape)
    _, gradients = margin(foot + on_line * (x - foot))
    return (halves * gradients).sum(dim=0)


def _attribution(shares: Tensor, margin: float) -> Attribution:
    return Attribution(shares, abs(float(shares.sum()) - margin) / max(abs(margin), 1e-12))
