"""Where a sample meets the boundary of two classes, and what lies on the way.

Everything here is a pure function of a network and tensors, in double precision if they are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from margin_core.tasks.invertible.network import InvertibleClassifier

Margin = Callable[[Tensor], tuple[Tensor, Tensor]]
"""From inputs (b, ...) to their margins (b,) and the gradients of these, (b, ...)."""


@dataclass(frozen=True, eq=False)
class Hyperplane:
    r"""The boundary of classes i and j in feature space: :math:`\{z : \langle w, z \rangle + b = 0\}`.

    Attributes
    ----------
    normal : Tensor, of the shape of one z
        :math:`(W_i - W_j) / P` at each of the P places.
    offset : Tensor ()
        :math:`b_i - b_j`, of these very classes. (The code published with the paper always takes those of classes 0
        and 1, and so misses the boundary of every other pair.)
    """

    normal: Tensor
    offset: Tensor

    def margin(self, z: Tensor) -> Tensor:
        r"""Give the signed margins :math:`\langle w, z \rangle + b` (b,) of z (b, ...); positive on the side of i."""
        margins: Tensor = (z * self.normal).flatten(1).sum(dim=1) + self.offset
        return margins

    def distance(self, z: Tensor) -> Tensor:
        """Give the signed distances (b,) in feature space."""
        distances: Tensor = self.margin(z) / self.normal.norm()
        return distances

    def foot(self, z: Tensor) -> Tensor:
        r"""Project z (b, ...) onto it: :math:`z_p = z - m\, w / \lVert w \rVert^2`."""
        share = self.margin(z) / (self.normal * self.normal).sum()
        return z - share.reshape(-1, *[1] * (z.ndim - 1)) * self.normal


def hyperplane(network: InvertibleClassifier, z: Tensor, pair: tuple[int, int]) -> Hyperplane:
    """Give the boundary of a pair of classes in the space that z (b, ...) lies in."""
    i, j = pair
    weights, biases = network.head.weight.detach(), network.head.bias.detach()
    w = weights[i] - weights[j]
    if z.ndim > 2:
        places = z.shape[2] * z.shape[3]
        w = (w / places)[:, None, None].expand(z.shape[1:])
    return Hyperplane(w, biases[i] - biases[j])


def walk(network: InvertibleClassifier, x: Tensor, pair: tuple[int, int], times: Tensor) -> Tensor:
    r"""Decode the straight way of one sample x (1, ...) through the boundary.

    .. math:: x(t) = T^{-1}\big(z + t\,(z_p - z)\big)

    Parameters
    ----------
    network : InvertibleClassifier
    x : Tensor (1, ...)
    pair : (int, int)
    times : Tensor (k,)
        0 is the sample, 1 the boundary.

    Returns
    -------
    Tensor (k, ...)
    """
    with torch.no_grad():
        z = network.encode(x)
        towards = hyperplane(network, z, pair).foot(z) - z
        return network.decode(z + times.reshape(-1, *[1] * (z.ndim - 1)) * towards)


def margin_of(network: InvertibleClassifier, pair: tuple[int, int]) -> Margin:
    """Give the function from inputs to their margins between two classes, with its gradient."""
    i, j = pair

    def margin(inputs: Tensor) -> tuple[Tensor, Tensor]:
        watched = inputs.detach().requires_grad_(True)
        logits = network(watched)
        margins = logits[:, i] - logits[:, j]
        (gradients,) = torch.autograd.grad(margins.sum(), watched)
        return margins.detach(), gradients

    return margin
