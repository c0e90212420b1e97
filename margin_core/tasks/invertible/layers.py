"""Layers that can be run backwards exactly."""

from __future__ import annotations

import torch
from torch import Tensor, nn

LEAST_SPREAD = 0.05
"""Channels that vary less are not blown up to variance 1: a pixel that is always black would drown the others."""


class InvertibleLayer(nn.Module):
    """A map with an exact inverse.

    A layer that learns its scale from data does so in its first forward pass in training mode.
    """

    def forward(self, values: Tensor) -> Tensor:
        """Map values (b, ...)."""
        raise NotImplementedError

    def inverse(self, values: Tensor) -> Tensor:
        """Map back: ``inverse(forward(x)) == x`` up to rounding."""
        raise NotImplementedError


class Normalise(InvertibleLayer):
    r"""Scale and shift each channel, to mean 0 and variance 1 on the first batch.

    .. math:: y = (x + b)\, e^{s}

    Both are trained from there on. Unlike batch normalisation it does the same in training and afterwards, and needs no
    running averages; its inverse is :math:`x = y e^{-s} - b`.

    Parameters
    ----------
    channels : int
    """

    ready: Tensor

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.shift = nn.Parameter(torch.zeros(channels))
        self.log_scale = nn.Parameter(torch.zeros(channels))
        self.register_buffer("ready", torch.tensor(False))

    def forward(self, values: Tensor) -> Tensor:
        """Scale and shift values (b, c) or (b, c, h, w)."""
        if self.training and not bool(self.ready):
            self._set_by(values)
        return (values + _by_channel(self.shift, values)) * _by_channel(self.log_scale, values).exp()

    def inverse(self, values: Tensor) -> Tensor:
        """Undo it."""
        return values * _by_channel(-self.log_scale, values).exp() - _by_channel(self.shift, values)

    def _set_by(self, values: Tensor) -> None:
        with torch.no_grad():
            columns = values.transpose(0, 1).flatten(1)
            self.shift.copy_(-columns.mean(dim=1))
            self.log_scale.copy_(-columns.std(dim=1, correction=0).clamp_min(LEAST_SPREAD).log())
            self.ready.fill_(True)


class Fold(InvertibleLayer):
    """Space to depth: each block of ``down`` x ``across`` places becomes the channels of one place.

    Stands in for pooling, which cannot be undone.

    Parameters
    ----------
    down, across : int
        Must divide height and width.
    """

    def __init__(self, down: int, across: int) -> None:
        super().__init__()
        self.down, self.across = down, across

    def forward(self, values: Tensor) -> Tensor:
        """Fold maps (b, c, h, w) into (b, c * down * across, h / down, w / across)."""
        b, c, h, w = values.shape
        blocks = values.reshape(b, c, h // self.down, self.down, w // self.across, self.across)
        return blocks.permute(0, 3, 5, 1, 2, 4).reshape(b, -1, h // self.down, w // self.across)

    def inverse(self, values: Tensor) -> Tensor:
        """Unfold them."""
        b, c, h, w = values.shape
        blocks = values.reshape(b, self.down, self.across, c // (self.down * self.across), h, w)
        return blocks.permute(0, 3, 4, 1, 5, 2).reshape(b, -1, h * self.down, w * self.across)


class Coupling(InvertibleLayer):
    r"""An additive coupling: each half of the channels is shifted by a function of the other.

    .. math:: y_2 = x_2 + F(x_1), \qquad y_1 = x_1 + G(y_2)

    with the exact inverse :math:`x_1 = y_1 - G(y_2),\; x_2 = y_2 - F(x_1)`, whatever F and G are. It keeps volume.

    Parameters
    ----------
    left, right : torch.nn.Module
        F and G.
    channels : int
        How many channels x_1 has.
    """

    def __init__(self, left: nn.Module, right: nn.Module, channels: int) -> None:
        super().__init__()
        self.left, self.right, self.channels = left, right, channels

    def forward(self, values: Tensor) -> Tensor:
        """Couple the halves of values (b, c, ...)."""
        first, second = values[:, : self.channels], values[:, self.channels :]
        second = second + self.left(first)
        return torch.cat([first + self.right(second), second], dim=1)

    def inverse(self, values: Tensor) -> Tensor:
        """Uncouple them."""
        first, second = values[:, : self.channels], values[:, self.channels :]
        first = first - self.right(second)
        return torch.cat([first, second - self.left(first)], dim=1)


class Shuffle(InvertibleLayer):
    """Put the channels into another fixed order, so that the next coupling has other halves.

    Parameters
    ----------
    order : int tensor (c,)
    """

    order: Tensor

    def __init__(self, order: Tensor) -> None:
        super().__init__()
        self.register_buffer("order", order)

    def forward(self, values: Tensor) -> Tensor:
        """Reorder the channels of values (b, c, ...)."""
        return values[:, self.order]

    def inverse(self, values: Tensor) -> Tensor:
        """Put them back."""
        return values[:, self.order.argsort()]


def _by_channel(numbers: Tensor, values: Tensor) -> Tensor:
    return numbers.reshape(1, -1, *[1] * (values.ndim - 2))
