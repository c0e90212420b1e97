"""Where a network's last feature map is, found by hooks in one pass."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from itertools import count
from math import isqrt
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn

from margin_core.errors import ModelError
from margin_core.study.models.clone_for_hooks import clone_for_hooks
from margin_core.study.models.torch_model import TorchModel

MAX_EXTRA_TOKENS = 5
"""Leading tokens that stand for no place: one for the class, perhaps one for distillation, up to four registers."""

POOLING = (nn.MaxPool2d, nn.AvgPool2d, nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d, nn.LPPool2d, nn.FractionalMaxPool2d)


class TensorLayout(Enum):
    """The axes of a tensor that holds a feature map."""

    CHANNELS_FIRST = "(b, c, h, w)"
    CHANNELS_LAST = "(b, h, w, c)"
    TOKENS = "(b, t, c)"


@dataclass(frozen=True)
class FeatureGrid:
    """The layout in which a tensor holds a feature map.

    Attributes
    ----------
    layout : TensorLayout
    height, width : int
        Of the feature map.
    extra : int
        Among tokens, how many come before those of the map.
    """

    layout: TensorLayout
    height: int
    width: int
    extra: int = 0

    def to_channels_first(self, output: Tensor) -> Tensor:
        """Return the feature map that a tensor holds.

        Parameters
        ----------
        output : Tensor
            In this layout.

        Returns
        -------
        Tensor (b, c, h, w)
        """
        match self.layout:
            case TensorLayout.CHANNELS_FIRST:
                return output
            case TensorLayout.CHANNELS_LAST:
                return output.permute(0, 3, 1, 2)
            case TensorLayout.TOKENS:
                places = output[:, self.extra :].transpose(1, 2)
                return places.reshape(len(output), -1, self.height, self.width)

    def from_channels_first(self, output: Tensor, features: Tensor) -> Tensor:
        """Return a tensor with another feature map in place of its own.

        Parameters
        ----------
        output : Tensor
            In this layout.
        features : Tensor (b, c, h, w)

        Returns
        -------
        Tensor
            In this layout.
        """
        match self.layout:
            case TensorLayout.CHANNELS_FIRST:
                return features
            case TensorLayout.CHANNELS_LAST:
                return features.permute(0, 2, 3, 1)
            case TensorLayout.TOKENS:
                return torch.cat([output[:, : self.extra], features.flatten(2).transpose(1, 2)], dim=1)


@dataclass(frozen=True)
class FeatureMap:
    """The last feature map of a network.

    Attributes
    ----------
    layer : str
        Name of the module whose output holds it.
    call, calls : int
        At which call of how many in one pass: a network may use a module more than once.
    grid : FeatureGrid
    """

    layer: str
    call: int
    calls: int
    grid: FeatureGrid


def expose_feature_map(network: nn.Module, found: FeatureMap) -> nn.Module:
    """Return a new module through which a feature map passes, channels first, so that hooks and Captum can use it.

    Parameters
    ----------
    network : torch.nn.Module
        A clone of the network (`clone_for_hooks`); it gets a hook.
    found : FeatureMap

    Returns
    -------
    torch.nn.Module
        Its output is the feature map (b, c, h, w).
    """
    exposed, calls = nn.Identity(), count()

    def lead_through(_: nn.Module, __: Any, output: Tensor) -> Tensor | None:
        if next(calls) % found.calls != found.call:
            return None
        return found.grid.from_channels_first(output, exposed(found.grid.to_channels_first(output)))

    network.get_submodule(found.layer).register_forward_hook(lead_through)
    return exposed


_CACHE: WeakKeyDictionary[TorchModel, FeatureMap] = WeakKeyDictionary()


def find_feature_map(model: TorchModel) -> FeatureMap:
    """Return the last feature map that has places, is not merely pooled, and on which the logits depend.

    In a convolutional network that is the map before the global pooling. In a vision transformer it is what enters
    the last attention: of what leaves it, only the class token counts.

    Parameters
    ----------
    model : TorchModel

    Returns
    -------
    FeatureMap

    Raises
    ------
    ModelError
        There is none.

    Notes
    -----
    One pass forward and backward, once a model.
    """
    if model not in _CACHE:
        _CACHE[model] = _search(model)
    return _CACHE[model]


@dataclass(frozen=True, eq=False)
class _Output:
    """One output of a pass."""

    layer: str
    call: int
    pooled: bool
    output: Tensor
    grid: FeatureGrid


def _search(model: TorchModel) -> FeatureMap:
    network, view = clone_for_hooks(model), model.preparation
    outputs: list[_Output] = []
    calls: dict[str, int] = {}

    def add_hook(name: str, part: nn.Module) -> None:
        def keep(_: nn.Module, __: Any, output: Any) -> None:
            calls[name] = calls.get(name, 0) + 1
            grid = infer_grid(tuple(output.shape), view.height, view.width) if isinstance(output, Tensor) else None
            if grid is not None and output.requires_grad:
                outputs.append(_Output(name, calls[name] - 1, isinstance(part, POOLING), output, grid))

        part.register_forward_hook(keep)

    for name, part in network.named_modules():
        add_hook(name, part)
    noise = torch.Generator().manual_seed(0)
    picture = torch.randn(1, view.channels, view.height, view.width, generator=noise).requires_grad_()
    with torch.enable_grad():
        logits = network(picture)
        mixed = (logits * torch.randn(logits.shape, generator=noise)).sum()
    pooled = {id(one.output) for one in outputs if one.pooled}
    candidates = [one for one in outputs if id(one.output) not in pooled]
    gradients = torch.autograd.grad(mixed, [one.output for one in candidates], allow_unused=True) if candidates else ()
    for one, gradient in reversed(list(zip(candidates, gradients, strict=True))):
        if gradient is not None and int(one.grid.to_channels_first(gradient).abs().sum(1).count_nonzero()) > 1:
            return FeatureMap(one.layer, one.call, calls[one.layer], one.grid)
    raise ModelError(
        f"{model.description} has no feature map with more than one place, so there is no class activation map of it. "
        "Use Gradient × input, Integrated Gradients, DeepLIFT, Occlusion, RISE or LIME."
    )


def infer_grid(shape: tuple[int, ...], height: int, width: int) -> FeatureGrid | None:
    """Return how a tensor of some shape holds a feature map of a view.

    Parameters
    ----------
    shape : tuple of int
        Of the output of a layer.
    height, width : int
        Of the view.

    Returns
    -------
    FeatureGrid or None
        None when it holds none.
    """
    if len(shape) == 4 and _fits(shape[2], shape[3], height, width):
        return FeatureGrid(TensorLayout.CHANNELS_FIRST, shape[2], shape[3])
    if len(shape) == 4 and _fits(shape[1], shape[2], height, width):
        return FeatureGrid(TensorLayout.CHANNELS_LAST, shape[1], shape[2])
    if len(shape) == 3 and shape[0] == 1:
        for extra in range(MAX_EXTRA_TOKENS + 1):
            places = shape[1] - extra
            rows = isqrt(max(places, 0) * height // width)
            if rows and places % rows == 0 and _fits(rows, places // rows, height, width):
                return FeatureGrid(TensorLayout.TOKENS, rows, places // rows, extra)
    return None


def _fits(rows: int, columns: int, height: int, width: int) -> bool:
    """Return whether a grid has more than one place and the proportions of the view, up to a place."""
    inside = rows * columns > 1 and rows <= height and columns <= width
    return inside and abs(rows * width - columns * height) <= max(height, width)
