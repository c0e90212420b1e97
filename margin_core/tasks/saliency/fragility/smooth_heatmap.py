"""A network's smooth stand-in, whose maps change smoothly: only the direction of an attack uses it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from margin_core.study.models.torch_model import TorchModel
from margin_core.tasks.saliency.methods.clone_for_hooks import clone_for_hooks
from margin_core.tasks.saliency.methods.feature_map import expose_feature_map, find_feature_map
from margin_core.tasks.saliency.methods.gradients import NOISE

SHARPNESS = 20.0
"""Of the softplus: it differs from ReLU by at most ln 2 / 20 of the spread of its inputs."""

NEARBY = 1 / 255
"""How far apart gradients are taken to learn how they change, as a share of the view's range."""

POINTS = 6
"""On the line of Integrated Gradients, and noisy copies of SmoothGrad: fewer than in the map itself."""

RELU = frozenset({functional.relu, torch.relu, torch.relu_, Tensor.relu, Tensor.relu_})


def softplus(values: Tensor) -> Tensor:
    r"""Give :math:`\tfrac{s}{\beta} \ln(1 + e^{\beta x / s})`: ReLU with a second derivative.

    s is the standard deviation of the inputs, so that it bends alike in every layer of every network.
    """
    return _bent(values, _spread(values))


def _bent(values: Tensor, spread: Tensor) -> Tensor:
    return functional.softplus(values / spread, beta=SHARPNESS) * spread


def _spread(values: Tensor) -> Tensor:
    return values.detach().std(correction=0) + 1e-12


class Smooth(TorchFunctionMode):
    """While it holds, ReLU and its kin bend smoothly, wherever they are called."""

    def __torch_function__(
        self, func: Callable[..., Any], types: Iterable[type], args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        """Put softplus in place of the kink of an activation; let everything else pass."""
        kwargs = kwargs or {}
        if func in RELU:
            return softplus(args[0])
        if func is functional.relu6:
            return _between(args[0], 0.0, 6.0)
        if func is functional.hardtanh:
            return _between(args[0], *_limits(*args[1:], **kwargs))
        if func is functional.hardswish:
            return args[0] * _between(args[0] + 3, 0.0, 6.0) / 6
        if func is functional.leaky_relu:
            slope = args[1] if len(args) > 1 else kwargs.get("negative_slope", 0.01)
            return slope * args[0] + (1 - slope) * softplus(args[0])
        if func is functional.multi_head_attention_forward:
            return func(*args, **{**kwargs, "need_weights": True})  # for which it writes attention out itself
        if func is functional.scaled_dot_product_attention:
            return _attention(*args, **kwargs)
        return func(*args, **kwargs)


def _between(values: Tensor, low: float, high: float) -> Tensor:
    spread = _spread(values)
    return low + _bent(values - low, spread) - _bent(values - high, spread)


def _attention(
    query: Tensor, key: Tensor, value: Tensor, attn_mask: Tensor | None = None, dropout_p: float = 0.0,
    is_causal: bool = False, scale: float | None = None, enable_gqa: bool = False,
) -> Tensor:  # fmt: skip
    """Write attention out: the fast kernel has no second derivative. Of pictures it is never causal."""
    scores = (query @ key.transpose(-2, -1)) * (query.shape[-1] ** -0.5 if scale is None else scale)
    return (scores if attn_mask is None else scores + attn_mask).softmax(-1) @ value


def _limits(min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> tuple[float, float]:
    return min_val, max_val


class SmoothHeatmap:
    """The map of one class by one method, as a smooth function of the view.

    Parameters
    ----------
    method : str
        Any that looks inside. DeepLIFT's stand-in is Integrated Gradients, which shares the same change out.
    model : TorchModel
    target : int
    """

    def __init__(self, method: str, model: TorchModel, target: int) -> None:
        self._twin, self._target = clone_for_hooks(model), target
        self._slopes, self._activations = SLOPES.get(method), ACTIVATIONS.get(method)
        self._seen: list[Tensor] = []
        if self._activations is not None:
            window = expose_feature_map(self._twin, find_feature_map(model))
            window.register_forward_hook(lambda _, __, output: self._seen.append(output))

    def map(self, view: Tensor) -> Tensor:
        """Give the map (H, W) of a view (1, channels, H, W), with the sum 1."""
        if self._slopes is not None:
            return _placed(self._slopes.combined(self._gradients(self._slopes.points(view)), view), view)
        return self._of_activations(view).detach()

    def direction(self, view: Tensor, aim: Callable[[Tensor], Tensor]) -> Tensor:
        """Give the gradient, by the view, of an aim (a number for a map of sum 1)."""
        with torch.enable_grad():
            if self._slopes is None:
                leaf = view.clone().requires_grad_()
                (found,) = torch.autograd.grad(aim(self._of_activations(leaf)), leaf)
                return found
            return self._by_slopes(self._slopes, view, aim)

    def _by_slopes(self, rule: _Slopes, view: Tensor, aim: Callable[[Tensor], Tensor]) -> Tensor:
        """Go back through a map made of gradients g at points s x: by the chain rule with the Hessian of the score.

        A product of the Hessian and a vector is the difference of two gradients. Differentiating twice would take ten
        times as long in networks whose convolutions are depthwise, and cannot be done with every kernel.
        """
        points = rule.points(view)
        slopes, leaf = self._gradients(points).requires_grad_(), view.clone().requires_grad_()
        wanted = aim(_placed(rule.combined(slopes, leaf), leaf))
        by_slopes, by_view = torch.autograd.grad(wanted, (slopes, leaf), allow_unused=True)
        reach = float(view.max() - view.min()) * NEARBY / max(float(by_slopes.abs().max()), 1e-30)
        ahead, behind = self._gradients(torch.cat([points + reach * by_slopes, points - reach * by_slopes])).chunk(2)
        turned = (rule.shares * (ahead - behind)).sum(0, keepdim=True) / (2 * reach)
        return turned if by_view is None else turned + by_view

    def _gradients(self, views: Tensor) -> Tensor:
        """Give the gradient of the score at some views."""
        leaves = views.detach().clone().requires_grad_()
        with torch.enable_grad(), Smooth():
            score = self._twin(leaves)[:, self._target].sum()
        (found,) = torch.autograd.grad(score, leaves)
        return found

    def _of_activations(self, view: Tensor) -> Tensor:
        assert self._activations is not None
        self._seen.clear()
        with torch.enable_grad(), Smooth():
            score = self._twin(view if view.requires_grad else view.clone().requires_grad_())[:, self._target].sum()
            kept = self._seen[0]
            (slopes,) = torch.autograd.grad(score, kept, create_graph=True)
            return _placed(self._activations(kept, slopes), view)


def _placed(raw: Tensor, view: Tensor) -> Tensor:
    """Bring a map (1, h, w) to the size of the view and the sum 1, (H, W)."""
    placed = functional.interpolate(raw[None], view.shape[2:], mode="bilinear", align_corners=False)[0, 0]
    return placed / (placed.sum() + 1e-12)


@dataclass(frozen=True)
class _Slopes:
    """A map made of the gradients at some points.

    Attributes
    ----------
    shares : float Tensor (m, 1, 1, 1)
        Each point is this much of the view.
    noise : float
        And so much noise, as a share of the view's range.
    combined : callable
        From the gradients (m, channels, H, W) and the view to the map (1, H, W).
    """

    shares: Tensor
    noise: float
    combined: Callable[[Tensor, Tensor], Tensor]

    def points(self, view: Tensor) -> Tensor:
        """Give the points (m, channels, H, W) of a view."""
        drawn = torch.Generator().manual_seed(0)
        deviation = self.noise * float(view.max() - view.min())
        return self.shares * view + deviation * torch.randn((len(self.shares), *view.shape[1:]), generator=drawn)


def _magnitude(slopes: Tensor, _: Tensor) -> Tensor:
    return slopes.mean(0, keepdim=True).abs().sum(1)


def _contribution(slopes: Tensor, view: Tensor) -> Tensor:
    return softplus((slopes.mean(0, keepdim=True) * view).sum(1))


def _grad_cam(kept: Tensor, slopes: Tensor) -> Tensor:
    return softplus((slopes.mean((2, 3), keepdim=True) * kept).sum(1))


def _layer_cam(kept: Tensor, slopes: Tensor) -> Tensor:
    return softplus((softplus(slopes) * kept).sum(1))


_ONE = torch.ones(1, 1, 1, 1)
_LINE = ((torch.arange(POINTS) + 0.5) / POINTS).reshape(-1, 1, 1, 1)

SLOPES = {
    "gradient": _Slopes(_ONE, 0.0, _magnitude),
    "gradient_x_input": _Slopes(_ONE, 0.0, _contribution),
    "smooth_grad": _Slopes(torch.ones(POINTS, 1, 1, 1), NOISE, _magnitude),
    "integrated_gradients": _Slopes(_LINE, 0.0, _contribution),
    "deep_lift": _Slopes(_LINE, 0.0, _contribution),
}

ACTIVATIONS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {"grad_cam": _grad_cam, "layer_cam": _layer_cam}
