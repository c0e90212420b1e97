"""The invertible classifier: an invertible map, and a linear layer on its output."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from margin_core.tasks.invertible.layers import (
    ActNorm,
    AdditiveCoupling,
    ChannelPermutation,
    InvertibleLayer,
    SpaceToDepth,
)

MIN_CHANNELS = 128
"""Feature maps are folded until a position has so many channels, or there is one position only.

With fewer, the mean over many positions leaves the linear layer too little information, and training distorts T until
the projection lies tens of times farther away than the nearest point of the boundary.
"""


@dataclass(frozen=True)
class Architecture:
    """The shape of a network, from which it can be built again.

    Attributes
    ----------
    shape : tuple of int
        Of one sample: ``(d,)`` or ``(channels, height, width)``.
    classes : int
        Number of classes c.
    couplings : int
        Coupling layers for each size of the feature maps.
    width : int
        Channels inside a coupling's F and G.
    seed : int
        Of initial weights and permutations.
    """

    shape: tuple[int, ...]
    classes: int
    couplings: int
    width: int
    seed: int


class InvertibleClassifier(nn.Module):
    r"""A classifier whose logits are linear in z = T(x), where T is invertible.

    .. math:: z = T(x), \qquad \ell = W \bar z + b, \qquad \bar z_c = \frac{1}{P} \sum_p z_{cp}

    The mean over the P positions of a feature map is linear too, so that a class boundary is a hyperplane in all of z,
    with the same weights at every position.

    Parameters
    ----------
    architecture : Architecture
        Its shape.
    """

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.architecture = architecture
        # Weights come from the seed alone, and the process's own random state stays as it was.
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(architecture.seed)
            layers, channels, self.positions = _layers(architecture)
            self.map = nn.ModuleList(layers)
            self.head = nn.Linear(channels, architecture.classes)
            nn.init.zeros_(self.head.bias)

    def encode(self, inputs: Tensor) -> Tensor:
        """Compute z = T(x).

        Parameters
        ----------
        inputs : Tensor
            Samples (b, ...), prepared as by `read_inputs`.

        Returns
        -------
        Tensor (b, c) or (b, c, h, w)
            Their representation, as many values as the inputs have.
        """
        return self.couple(self.scaled(inputs))

    def scaled(self, inputs: Tensor) -> Tensor:
        """Compute the output of the first layer of T, which scales each channel.

        Parameters
        ----------
        inputs : Tensor
            Samples (b, ...).

        Returns
        -------
        Tensor (b, ...)
            Scaled.
        """
        scaled: Tensor = self.map[0](inputs)
        return scaled

    def couple(self, scaled: Tensor) -> Tensor:
        """Compute z from the output of the first layer, by the layers that preserve volume.

        Parameters
        ----------
        scaled : Tensor
            Output of the first layer (b, ...).

        Returns
        -------
        Tensor (b, c) or (b, c, h, w)
            z.
        """
        for layer in self._steps()[1:]:
            scaled = layer(scaled)
        return scaled

    def decode(self, z: Tensor) -> Tensor:
        """Compute x = T⁻¹(z).

        Parameters
        ----------
        z : Tensor
            Of shape (b, c) or (b, c, h, w).

        Returns
        -------
        Tensor (b, ...)
            Inputs.
        """
        for layer in reversed(self._steps()):
            z = layer.inverse(z)
        return z

    def classify(self, z: Tensor) -> Tensor:
        """Compute the logits of z.

        Parameters
        ----------
        z : Tensor
            Of shape (b, c) or (b, c, h, w).

        Returns
        -------
        Tensor (b, classes)
            Linear in z.
        """
        logits: Tensor = self.head(z.flatten(2).mean(dim=2) if z.ndim > 2 else z)
        return logits

    def forward(self, inputs: Tensor) -> Tensor:
        """Compute the logits of inputs.

        Parameters
        ----------
        inputs : Tensor
            Samples (b, ...).

        Returns
        -------
        Tensor (b, classes)
            Linear in z = T(x).
        """
        return self.classify(self.encode(inputs))

    def _steps(self) -> Sequence[InvertibleLayer]:
        return list(self.map)  # type: ignore[arg-type]


def _layers(architecture: Architecture) -> tuple[list[InvertibleLayer], int, int]:
    """Return the layers of T, and the number of channels and of positions of the last feature map."""
    channels, sides = architecture.shape[0], list(architecture.shape[1:])
    layers: list[InvertibleLayer] = [ActNorm(channels)]
    while sides and channels < MIN_CHANNELS and max(sides) > 1:
        down, across = map(_smallest_factor, sides)
        layers.append(SpaceToDepth(down, across))
        channels, sides = channels * down * across, [sides[0] // down, sides[1] // across]
        layers += _couplings(channels, architecture, kernel=3 if max(sides) > 1 else 1)
    if not sides:
        layers += _couplings(channels, architecture, kernel=0)
    return layers, channels, math.prod(sides)


def _couplings(channels: int, architecture: Architecture, kernel: int) -> list[InvertibleLayer]:
    """Return the couplings for feature maps of one size; kernel 0 is for vectors."""
    if channels < 2:
        return []
    half, layers = channels // 2, list[InvertibleLayer]()
    for _ in range(architecture.couplings):
        left = _coupling_function(half, channels - half, architecture.width, kernel)
        right = _coupling_function(channels - half, half, architecture.width, kernel)
        layers += [AdditiveCoupling(left, right, half), ChannelPermutation(torch.randperm(channels))]
    return layers


def _coupling_function(entering: int, leaving: int, width: int, kernel: int) -> nn.Sequential:
    """Return F or G, with initial output 0, so that T starts as an isometry."""
    if kernel:
        first: nn.Module = nn.Conv2d(entering, width, kernel, padding=kernel // 2)
        last: nn.Module = nn.Conv2d(width, leaving, kernel, padding=kernel // 2)
    else:
        first, last = nn.Linear(entering, width), nn.Linear(width, leaving)
    for parameter in last.parameters():
        nn.init.zeros_(parameter)
    # Smooth, so that gradients of the margin exist everywhere and integrals along a line converge fast.
    return nn.Sequential(first, nn.SiLU(), last)


def _smallest_factor(side: int) -> int:
    return next((factor for factor in range(2, side + 1) if side % factor == 0), 1)
