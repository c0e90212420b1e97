"""The invertible classifier: a map without loss, and a linear layer on top."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from margin_core.tasks.invertible.layers import Coupling, Fold, InvertibleLayer, Normalise, Shuffle

ENOUGH_CHANNELS = 128
"""Maps are folded until a place has so many channels, or there is one place only.

With fewer, the mean over many places leaves the linear layer next to nothing to go by, and training bends T until the
walk ends tens of times farther away than the nearest point of the boundary.
"""


@dataclass(frozen=True)
class Architecture:
    """The shape of a network, from which it can be built again.

    Attributes
    ----------
    shape : tuple of int
        Of one sample: ``(d,)`` or ``(channels, height, width)``.
    classes : int
    couplings : int
        For each size of the maps.
    width : int
        Channels inside a coupling's F and G.
    seed : int
        Of weights and shuffles.
    """

    shape: tuple[int, ...]
    classes: int
    couplings: int
    width: int
    seed: int


class InvertibleClassifier(nn.Module):
    r"""Logits that are linear in z = T(x), where T can be undone.

    .. math:: z = T(x), \qquad \ell = W \bar z + b, \qquad \bar z_c = \frac{1}{P} \sum_p z_{cp}

    The mean over the P places of a map is linear too, so that a class boundary is a hyperplane in all of z, with the
    same weights at every place.

    Parameters
    ----------
    architecture : Architecture
    """

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.architecture = architecture
        # Weights come from the seed alone, whatever was drawn in this process before, and leave its draws alone.
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(architecture.seed)
            layers, channels, self.places = _layers(architecture)
            self.map = nn.ModuleList(layers)
            self.head = nn.Linear(channels, architecture.classes)
            nn.init.zeros_(self.head.bias)

    def encode(self, inputs: Tensor) -> Tensor:
        """Give z of inputs x (b, ...): (b, c) or (b, c, h, w)."""
        return self.couple(self.scaled(inputs))

    def scaled(self, inputs: Tensor) -> Tensor:
        """Do the first layer of T: scale each channel."""
        scaled: Tensor = self.map[0](inputs)
        return scaled

    def couple(self, scaled: Tensor) -> Tensor:
        """Do the others, which keep volume."""
        for layer in self._steps()[1:]:
            scaled = layer(scaled)
        return scaled

    def decode(self, z: Tensor) -> Tensor:
        """Give the inputs (b, ...) of z."""
        for layer in reversed(self._steps()):
            z = layer.inverse(z)
        return z

    def classify(self, z: Tensor) -> Tensor:
        """Give the logits (b, classes) of z."""
        logits: Tensor = self.head(z.flatten(2).mean(dim=2) if z.ndim > 2 else z)
        return logits

    def forward(self, inputs: Tensor) -> Tensor:
        """Give the logits (b, classes) of inputs (b, ...)."""
        return self.classify(self.encode(inputs))

    def _steps(self) -> Sequence[InvertibleLayer]:
        return list(self.map)  # type: ignore[arg-type]


def _layers(architecture: Architecture) -> tuple[list[InvertibleLayer], int, int]:
    """Make the layers of T; give them with the channels and the places of the last map."""
    channels, sides = architecture.shape[0], list(architecture.shape[1:])
    layers: list[InvertibleLayer] = [Normalise(channels)]
    while sides and channels < ENOUGH_CHANNELS and max(sides) > 1:
        down, across = map(_least_factor, sides)
        layers.append(Fold(down, across))
        channels, sides = channels * down * across, [sides[0] // down, sides[1] // across]
        layers += _couplings(channels, architecture, kernel=3 if max(sides) > 1 else 1)
    if not sides:
        layers += _couplings(channels, architecture, kernel=0)
    return layers, channels, math.prod(sides)


def _couplings(channels: int, architecture: Architecture, kernel: int) -> list[InvertibleLayer]:
    """Make the couplings for maps of one size; kernel 0 is for vectors."""
    if channels < 2:
        return []
    half, layers = channels // 2, list[InvertibleLayer]()
    for _ in range(architecture.couplings):
        left = _inner(half, channels - half, architecture.width, kernel)
        right = _inner(channels - half, half, architecture.width, kernel)
        layers += [Coupling(left, right, half), Shuffle(torch.randperm(channels))]
    return layers


def _inner(entering: int, leaving: int, width: int, kernel: int) -> nn.Sequential:
    """F or G. It starts as nothing, so that the whole map starts as an isometry."""
    if kernel:
        first: nn.Module = nn.Conv2d(entering, width, kernel, padding=kernel // 2)
        last: nn.Module = nn.Conv2d(width, leaving, kernel, padding=kernel // 2)
    else:
        first, last = nn.Linear(entering, width), nn.Linear(width, leaving)
    for parameter in last.parameters():
        nn.init.zeros_(parameter)
    # Smooth, so that gradients of the margin exist everywhere and integrals along a line converge fast.
    return nn.Sequential(first, nn.SiLU(), last)


def _least_factor(side: int) -> int:
    return next((factor for factor in range(2, side + 1) if side % factor == 0), 1)
