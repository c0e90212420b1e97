"""Where a network's last feature map is, found by watching one pass."""

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
from margin_core.study.models.torch_model import TorchModel
from margin_core.tasks.saliency.methods.clone_for_hooks import clone_for_hooks

MOST_EXTRA_TOKENS = 5
"""Leading tokens that stand for no place: one for the class, perhaps one for distillation, up to four registers."""

POOLING = (nn.MaxPool2d, nn.AvgPool2d, nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d, nn.LPPool2d, nn.FractionalMaxPool2d)


class Layout(Enum):
    """How a tensor holds a map."""

    CHANNELS_FIRST = "(b, c, h, w)"
    CHANNELS_LAST = "(b, h, w, c)"
    TOKENS = "(b, t, c)"


@dataclass(frozen=True)
class Grid:
    """The map that a tensor holds: its layout, its size and, among tokens, how many come before it."""

    layout: Layout
    height: int
    width: int
    extra: int = 0

    def taken(self, output: Tensor) -> Tensor:
        """Give the map as (b, c, h, w)."""
        match self.layout:
            case Layout.CHANNELS_FIRST:
                return output
            case Layout.CHANNELS_LAST:
                return output.permute(0, 3, 1, 2)
            case Layout.TOKENS:
                places = output[:, self.extra :].transpose(1, 2)
                return places.reshape(len(output), -1, self.height, self.width)

    def put_back(self, output: Tensor, grid: Tensor) -> Tensor:
        """Give the output with a map of (b, c, h, w) in place of its own."""
        match self.layout:
            case Layout.CHANNELS_FIRST:
                return grid
            case Layout.CHANNELS_LAST:
                return grid.permute(0, 2, 3, 1)
            case Layout.TOKENS:
                return torch.cat([output[:, : self.extra], grid.flatten(2).transpose(1, 2)], dim=1)


@dataclass(frozen=True)
class FeatureMap:
    """The last feature map of a network.

    Attributes
    ----------
    layer : str
        Name of the module whose output holds it.
    call, calls : int
        At which call of how many in one pass: a network may use a module more than once.
    grid : Grid
    """

    layer: str
    call: int
    calls: int
    grid: Grid


def expose_feature_map(twin: nn.Module, found: FeatureMap) -> nn.Module:
    """Lead a feature map of a twin through a module of its own, whose output is the map as (b, c, h, w)."""
    window, calls = nn.Identity(), count()

    def through(_: nn.Module, __: Any, output: Tensor) -> Tensor | None:
        if next(calls) % found.calls != found.call:
            return None
        return found.grid.put_back(output, window(found.grid.taken(output)))

    twin.get_submodule(found.layer).register_forward_hook(through)
    return window


_FOUND: WeakKeyDictionary[TorchModel, FeatureMap] = WeakKeyDictionary()


def find_feature_map(model: TorchModel) -> FeatureMap:
    """Find the last feature map that has places, is not merely pooled, and on which the logits depend.

    In a convolutional network that is the map before the global pooling. In a vision transformer it is what enters
    the last attention: of what leaves it, only the class token counts.

    Raises
    ------
    ModelError
        There is none.

    Notes
    -----
    One pass forward and backward, the first time that a model is asked about.
    """
    if model not in _FOUND:
        _FOUND[model] = _search(model)
    return _FOUND[model]


@dataclass(frozen=True, eq=False)
class _Seen:
    """One output of a pass."""

    layer: str
    call: int
    pooled: bool
    output: Tensor
    grid: Grid


def _search(model: TorchModel) -> FeatureMap:
    twin, view = clone_for_hooks(model), model.preparation
    seen: list[_Seen] = []
    calls: dict[str, int] = {}

    def watch(name: str, part: nn.Module) -> None:
        def keep(_: nn.Module, __: Any, output: Any) -> None:
            calls[name] = calls.get(name, 0) + 1
            grid = grid_in(tuple(output.shape), view.height, view.width) if isinstance(output, Tensor) else None
            if grid is not None and output.requires_grad:
                seen.append(_Seen(name, calls[name] - 1, isinstance(part, POOLING), output, grid))

        part.register_forward_hook(keep)

    for name, part in twin.named_modules():
        watch(name, part)
    noise = torch.Generator().manual_seed(0)
    picture = torch.randn(1, view.channels, view.height, view.width, generator=noise).requires_grad_()
    with torch.enable_grad():
        logits = twin(picture)
        mixed = (logits * torch.randn(logits.shape, generator=noise)).sum()
    pooled = {id(one.output) for one in seen if one.pooled}
    candidates = [one for one in seen if id(one.output) not in pooled]
    gradients = torch.autograd.grad(mixed, [one.output for one in candidates], allow_unused=True) if candidates else ()
    for one, gradient in reversed(list(zip(candidates, gradients, strict=True))):
        if gradient is not None and int(one.grid.taken(gradient).abs().sum(1).count_nonzero()) > 1:
            return FeatureMap(one.layer, one.call, calls[one.layer], one.grid)
    raise ModelError(
        f"{model.description} has no feature map with more than one place, so there is no class activation map of it. "
        "Use Gradient × input, Integrated Gradients, DeepLIFT, Occlusion, RISE or LIME."
    )


def grid_in(shape: tuple[int, ...], height: int, width: int) -> Grid | None:
    """Read off a shape how it holds a map of a view of height × width; None when it does not."""
    if len(shape) == 4 and _fits(shape[2], shape[3], height, width):
        return Grid(Layout.CHANNELS_FIRST, shape[2], shape[3])
    if len(shape) == 4 and _fits(shape[1], shape[2], height, width):
        return Grid(Layout.CHANNELS_LAST, shape[1], shape[2])
    if len(shape) == 3 and shape[0] == 1:
        for extra in range(MOST_EXTRA_TOKENS + 1):
            places = shape[1] - extra
            rows = isqrt(max(places, 0) * height // width)
            if rows and places % rows == 0 and _fits(rows, places // rows, height, width):
                return Grid(Layout.TOKENS, rows, places // rows, extra)
    return None


def _fits(rows: int, columns: int, height: int, width: int) -> bool:
    """Say whether a grid has more than one place and the proportions of the view, up to a place."""
    inside = rows * columns > 1 and rows <= height and columns <= width
    return inside and abs(rows * width - columns * height) <= max(height, width)
