"""A network with one output, the logit or the probability of the second of two classes, as one with two logits."""

from __future__ import annotations

import torch
from torch import Tensor, nn

SMALLEST = 1e-7
"""Probabilities nearer to 0 or 1 than this have no finite logit."""


class TwoLogits(nn.Module):
    r"""The logits :math:`(-z/2, z/2)` of a network of one logit z, whose softmax is :math:`(1 - p, p)`.

    Not :math:`(0, z)`: methods that follow the gradient of a logit would find none for the first class.

    Parameters
    ----------
    network : torch.nn.Module
        From samples to (b, 1): logits, or, where its last module is a `torch.nn.Sigmoid`, probabilities.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network
        self.gives_probability = isinstance(list(network.modules())[-1], nn.Sigmoid)

    def forward(self, samples: Tensor) -> Tensor:
        """Compute the logits of both classes.

        Parameters
        ----------
        samples : Tensor (b, ...)
            As the network takes them.

        Returns
        -------
        Tensor (b, 2)
        """
        output = self.network(samples)
        half = (output.logit(SMALLEST) if self.gives_probability else output) / 2
        return torch.cat([-half, half], dim=1)


def as_two_logits(network: nn.Module, outputs: int) -> nn.Module:
    """Return a network with a logit for each class.

    Parameters
    ----------
    network : torch.nn.Module
    outputs : int
        How many it has.

    Returns
    -------
    torch.nn.Module
        The network itself unless it has one output.
    """
    return TwoLogits(network).eval() if outputs == 1 else network
