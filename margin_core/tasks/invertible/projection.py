"""The projection of a sample onto the boundary of two classes, and the path through it.

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
        :math:`w = (W_i - W_j) / P` at each of the P positions.
    offset : Tensor ()
        :math:`b_i - b_j`. (The code published with the paper always takes those of classes 0 and 1, and so misses the
        boundary of every other pair.)
    """

    normal: Tensor
    offset: Tensor

    def margin(self, z: Tensor) -> Tensor:
        r"""Compute the signed margins :math:`\langle w, z \rangle + b`.

        Parameters
        ----------
        z : Tensor (b, ...)
            Points of the feature space.

        Returns
        -------
        Tensor (b,)
            Positive on the side of class i.
        """
        margins: Tensor = (z * self.normal).flatten(1).sum(dim=1) + self.offset
        return margins

    def distance(self, z: Tensor) -> Tensor:
        """Compute the signed distances in feature space.

        Parameters
        ----------
        z : Tensor (b, ...)
            Points of the feature space.

        Returns
        -------
        Tensor (b,)
            Positive on the side of class i.
        """
        distances: Tensor = self.margin(z) / self.normal.norm()
        return distances

    def project(self, z: Tensor) -> Tensor:
        r"""Compute the orthogonal projection :math:`z_p = z - m\, w / \lVert w \rVert^2`.

        Parameters
        ----------
        z : Tensor (b, ...)
            Points of the feature space.

        Returns
        -------
        Tensor (b, ...)
            On the hyperplane.
        """
        share = self.margin(z) / (self.normal * self.normal).sum()
        return z - share.reshape(-1, *[1] * (z.ndim - 1)) * self.normal


def hyperplane(network: InvertibleClassifier, z: Tensor, pair: tuple[int, int]) -> Hyperplane:
    """Compute the boundary of a pair of classes in feature space.

    Parameters
    ----------
    network : InvertibleClassifier
        Trained.
    z : Tensor (b, ...)
        Any points of that space; only their shape counts.
    pair : (int, int)
        Classes i and j.

    Returns
    -------
    Hyperplane
        Its normal points to class i.
    """
    i, j = pair
    weights, biases = network.head.weight.detach(), network.head.bias.detach()
    w = weights[i] - weights[j]
    if z.ndim > 2:
        places = z.shape[2] * z.shape[3]
        w = (w / places)[:, None, None].expand(z.shape[1:])
    return Hyperplane(w, biases[i] - biases[j])


def decode_path(network: InvertibleClassifier, x: Tensor, pair: tuple[int, int], times: Tensor) -> Tensor:
    r"""Compute the counterfactual path of one sample through the boundary of two classes.

    .. math:: x(t) = T^{-1}\big(z + t\,(z_p - z)\big)

    Parameters
    ----------
    network : InvertibleClassifier
        Trained.
    x : Tensor (1, ...)
        The sample.
    pair : (int, int)
        Classes i and j.
    times : Tensor (k,)
        0 is the sample, 1 the boundary.

    Returns
    -------
    Tensor (k, ...)
        Inputs on a straight line in feature space.
    """
    with torch.no_grad():
        z = network.encode(x)
        direction = hyperplane(network, z, pair).project(z) - z
        return network.decode(z + times.reshape(-1, *[1] * (z.ndim - 1)) * direction)


def margin_function(network: InvertibleClassifier, pair: tuple[int, int]) -> Margin:
    """Return the function from inputs to their margins between two classes and the gradients of these.

    Parameters
    ----------
    network : InvertibleClassifier
        Trained.
    pair : (int, int)
        Classes i and j.

    Returns
    -------
    callable
        A `Margin`; positive on the side of class i.
    """
    i, j = pair

    def margin(inputs: Tensor) -> tuple[Tensor, Tensor]:
        tracked = inputs.detach().requires_grad_(True)
        logits = network(tracked)
        margins = logits[:, i] - logits[:, j]
        (gradients,) = torch.autograd.grad(margins.sum(), tracked)
        return margins.detach(), gradients

    return margin
