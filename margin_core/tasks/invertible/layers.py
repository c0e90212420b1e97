"""Layers that can be run backwards exactly."""

from __future__ import annotations

import torch
from torch import Tensor, nn

MIN_STANDARD_DEVIATION = 0.05
"""Channels that vary less are not scaled to variance 1: a pixel that is always black would dominate the others."""


class InvertibleLayer(nn.Module):
    """A layer with an exact inverse.

    A layer whose scale is initialized from data does so in its first forward pass in training mode.
    """

    def forward(self, values: Tensor) -> Tensor:
        """Compute the output of the layer.

        Parameters
        ----------
        values : Tensor (b, c, ...)
            Its input.

        Returns
        -------
        Tensor
            Its output.
        """
        raise NotImplementedError

    def inverse(self, values: Tensor) -> Tensor:
        """Compute the input from the output: ``inverse(forward(x)) == x`` up to rounding.

        Parameters
        ----------
        values : Tensor (b, c, ...)
            Output of the layer.

        Returns
        -------
        Tensor
            Its input.
        """
        raise NotImplementedError


class ActNorm(InvertibleLayer):
    r"""Activation normalization: scale and shift each channel, to mean 0 and variance 1 on the first batch.

    .. math:: y = (x + b)\, e^{s}

    Both are trained from there on. Unlike batch normalization it computes the same in training and afterwards, without
    running averages; its inverse is :math:`x = y e^{-s} - b`.

    Parameters
    ----------
    channels : int
        Number of channels c.

    References
    ----------
    Kingma and Dhariwal, Glow: generative flow with invertible 1x1 convolutions, NeurIPS 2018.
    """

    ready: Tensor

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.shift = nn.Parameter(torch.zeros(channels))
        self.log_scale = nn.Parameter(torch.zeros(channels))
        self.register_buffer("ready", torch.tensor(False))

    def forward(self, values: Tensor) -> Tensor:
        """Compute the scaled and shifted channels.

        Parameters
        ----------
        values : Tensor (b, c, ...)
            Vectors (b, c) or maps (b, c, h, w).

        Returns
        -------
        Tensor
            Of the same shape.
        """
        if self.training and not bool(self.ready):
            self._set_by(values)
        return (values + _by_channel(self.shift, values)) * _by_channel(self.log_scale, values).exp()

    def inverse(self, values: Tensor) -> Tensor:
        """Compute the channels before scaling and shifting.

        Parameters
        ----------
        values : Tensor (b, c, ...)
            Scaled and shifted channels.

        Returns
        -------
        Tensor
            Of the same shape.
        """
        return values * _by_channel(-self.log_scale, values).exp() - _by_channel(self.shift, values)

    def _set_by(self, values: Tensor) -> None:
        with torch.no_grad():
            columns = values.transpose(0, 1).flatten(1)
            self.shift.copy_(-columns.mean(dim=1))
            self.log_scale.copy_(-columns.std(dim=1, correction=0).clamp_min(MIN_STANDARD_DEVIATION).log())
            self.ready.fill_(True)


class SpaceToDepth(InvertibleLayer):
    """Space to depth: each block of ``down`` x ``across`` positions becomes the channels of one position.

    It replaces pooling, which has no inverse.

    Parameters
    ----------
    down, across : int
        Size of a block; they divide height and width.
    """

    def __init__(self, down: int, across: int) -> None:
        super().__init__()
        self.down, self.across = down, across

    def forward(self, values: Tensor) -> Tensor:
        """Compute the folded maps.

        Parameters
        ----------
        values : Tensor (b, c, ...)
            Maps (b, c, h, w).

        Returns
        -------
        Tensor
            Of shape (b, c * down * across, h / down, w / across).
        """
        b, c, h, w = values.shape
        blocks = values.reshape(b, c, h // self.down, self.down, w // self.across, self.across)
        return blocks.permute(0, 3, 5, 1, 2, 4).reshape(b, -1, h // self.down, w // self.across)

    def inverse(self, values: Tensor) -> Tensor:
        """Compute the maps before folding.

        Parameters
        ----------
        values : Tensor (b, c, ...)
            Folded maps (b, c * down * across, h / down, w / across).

        Returns
        -------
        Tensor
            Of shape (b, c, h, w).
        """
        b, c, h, w = values.shape
        blocks = values.reshape(b, self.down, self.across, c // (self.down * self.across), h, w)
        return blocks.permute(0, 3, 4, 1, 5, 2).reshape(b, -1, h * self.down, w * self.across)


class AdditiveCoupling(InvertibleLayer):
    r"""An additive coupling: each half of the channels is shifted by a function of the other.

    .. math:: y_2 = x_2 + F(x_1), \qquad y_1 = x_1 + G(y_2)

    with the exact inverse :math:`x_1 = y_1 - G(y_2),\; x_2 = y_2 - F(x_1)`, whatever F and G are. It preserves volume.

    Parameters
    ----------
    left, right : torch.nn.Module
        F and G.
    channels : int
        Number of channels of x_1.

    References
    ----------
    Dinh, Krueger, Bengio, NICE: non-linear independent components estimation, ICLR workshop 2015.
    """

    def __init__(self, left: nn.Module, right: nn.Module, channels: int) -> None:
        super().__init__()
        self.left, self.right, self.channels = left, right, channels

    def forward(self, values: Tensor) -> Tensor:
        """Compute the coupled halves of the channels.

        Parameters
        ----------
        values : Tensor (b, c, ...)
            Any channels-first array.

        Returns
        -------
        Tensor
            Of the same shape.
        """
        first, second = values[:, : self.channels], values[:, self.channels :]
        second = second + self.left(first)
        return torch.cat([first + self.right(second), second], dim=1)

    def inverse(self, values: Tensor) -> Tensor:
        """Compute the halves before coupling.

        Parameters
        ----------
        values : Tensor (b, c, ...)
            Coupled halves.

        Returns
        -------
        Tensor
            Of the same shape.
        """
        first, second = values[:, : self.channels], values[:, self.channels :]
        first = first - self.right(second)
        return torch.cat([first, second - self.left(first)], dim=1)


class ChannelPermutation(InvertibleLayer):
    """A fixed permutation of the channels, so that the next coupling has other halves.

    Parameters
    ----------
    order : int tensor (c,)
        The permutation.
    """

    order: Tensor

    def __init__(self, order: Tensor) -> None:
        super().__init__()
        self.register_buffer("order", order)

    def forward(self, values: Tensor) -> Tensor:
        """Compute the channels in the new order.

        Parameters
        ----------
        values : Tensor (b, c, ...)
            Any channels-first array.

        Returns
        -------
        Tensor
            Of the same shape.
        """
        return values[:, self.order]

    def inverse(self, values: Tensor) -> Tensor:
        """Compute the channels in the original order.

        Parameters
        ----------
        values : Tensor (b, c, ...)
            Permuted channels.

        Returns
        -------
        Tensor
            Of the same shape.
        """
        return values[:, self.order.argsort()]


def _by_channel(numbers: Tensor, values: Tensor) -> Tensor:
    return numbers.reshape(1, -1, *[1] * (values.ndim - 2))
