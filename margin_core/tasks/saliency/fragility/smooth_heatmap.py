"""A smooth approximation of a network's heatmap, which gives an attack its direction and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from margin_core.study.models.clone_for_hooks import clone_for_hooks
from margin_core.study.models.torch_model import TorchModel
from margin_core.tasks.saliency.methods.feature_map import expose_feature_map, find_feature_map
from margin_core.tasks.saliency.methods.gradients import SMOOTH_GRAD_NOISE

SHARPNESS = 20.0
"""Of the softplus: it differs from ReLU by at most ln 2 / 20 of the spread of its inputs."""

PROBE_DISTANCE = 1 / 255
"""Distance of the gradients whose difference is a product with the Hessian, as a share of the view's range."""

N_POINTS = 6
"""On the line of Integrated Gradients, and noisy copies of SmoothGrad: fewer than in the heatmap itself."""

RELU = frozenset({functional.relu, torch.relu, torch.relu_, Tensor.relu, Tensor.relu_})


def softplus(values: Tensor) -> Tensor:
    r"""Compute :math:`\tfrac{s}{\beta} \ln(1 + e^{\beta x / s})`: ReLU with a second derivative.

    Parameters
    ----------
    values : Tensor of any shape
        Their standard deviation is s, so that it bends alike in every layer of every network.

    Returns
    -------
    Tensor of the same shape
    """
    return _softplus(values, _scale(values))


def _softplus(values: Tensor, scale: Tensor) -> Tensor:
    return functional.softplus(values / scale, beta=SHARPNESS) * scale


def _scale(values: Tensor) -> Tensor:
    return values.detach().std(correction=0) + 1e-12


class SmoothActivations(TorchFunctionMode):
    """A context in which ReLU and its kin are smooth, wherever they are called."""

    def __torch_function__(
        self, func: Callable[..., Any], types: Iterable[type], args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        """Replace the kink of an activation by a softplus; everything else passes."""
        kwargs = kwargs or {}
        if func in RELU:
            return softplus(args[0])
        if func is functional.relu6:
            return _clamp(args[0], 0.0, 6.0)
        if func is functional.hardtanh:
            return _clamp(args[0], *_limits(*args[1:], **kwargs))
        if func is functional.hardswish:
            return args[0] * _clamp(args[0] + 3, 0.0, 6.0) / 6
        if func is functional.leaky_relu:
            slope = args[1] if len(args) > 1 else kwargs.get("negative_slope", 0.01)
            return slope * args[0] + (1 - slope) * softplus(args[0])
        if func is functional.multi_head_attention_forward:
            return func(*args, **{**kwargs, "need_weights": True})  # with which it computes attention step by step
        if func is functional.scaled_dot_product_attention:
            return _attention(*args, **kwargs)
        return func(*args, **kwargs)


def _clamp(values: Tensor, low: float, high: float) -> Tensor:
    scale = _scale(values)
    return low + _softplus(values - low, scale) - _softplus(values - high, scale)


def _attention(
    query: Tensor, key: Tensor, value: Tensor, attn_mask: Tensor | None = None, dropout_p: float = 0.0,
    is_causal: bool = False, scale: float | None = None, enable_gqa: bool = False,
) -> Tensor:  # fmt: skip
    """Compute attention step by step: the fast kernel has no second derivative. Of pictures it is never causal."""
    scores = (query @ key.transpose(-2, -1)) * (query.shape[-1] ** -0.5 if scale is None else scale)
    return (scores if attn_mask is None else scores + attn_mask).softmax(-1) @ value


def _limits(min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> tuple[float, float]:
    return min_val, max_val


class SmoothHeatmap:
    """The heatmap of one class by one method, as a smooth function of the view.

    Parameters
    ----------
    method : str
        Any that needs gradients. DeepLIFT is approximated by Integrated Gradients, which shares out the same change.
    model : TorchModel
    target : int
    """

    def __init__(self, method: str, model: TorchModel, target: int) -> None:
        self._network, self._target = clone_for_hooks(model), target
        self._slopes, self._activations = SLOPES.get(method), ACTIVATIONS.get(method)
        self._outputs: list[Tensor] = []
        if self._activations is not None:
            layer = expose_feature_map(self._network, find_feature_map(model))
            layer.register_forward_hook(lambda _, __, output: self._outputs.append(output))

    def heatmap(self, view: Tensor) -> Tensor:
        """Compute the heatmap of a view.

        Parameters
        ----------
        view : float32 Tensor (1, channels, H, W)

        Returns
        -------
        Tensor (H, W)
            0 or more, with the sum 1.
        """
        if self._slopes is not None:
            return _resized(self._slopes.combined(self._gradients(self._slopes.points(view)), view), view)
        return self._of_activations(view).detach()

    def direction(self, view: Tensor, aim: Callable[[Tensor], Tensor]) -> Tensor:
        """Compute the gradient of an aim by the view.

        Parameters
        ----------
        view : float32 Tensor (1, channels, H, W)
        aim : callable
            From a heatmap (H, W) of sum 1 to a number.

        Returns
        -------
        Tensor (1, channels, H, W)
        """
        with torch.enable_grad():
            if self._slopes is None:
                leaf = view.clone().requires_grad_()
                (found,) = torch.autograd.grad(aim(self._of_activations(leaf)), leaf)
                return found
            return self._by_slopes(self._slopes, view, aim)

    def _by_slopes(self, rule: _Slopes, view: Tensor, aim: Callable[[Tensor], Tensor]) -> Tensor:
        """Differentiate a heatmap made of gradients g at points s x, by the chain rule with the Hessian of the score.

        A product of the Hessian and a vector is the difference of two gradients. Differentiating twice would take ten
        times as long in networks whose convolutions are depthwise, and cannot be done with every kernel.
        """
        points = rule.points(view)
        slopes, leaf = self._gradients(points).requires_grad_(), view.clone().requires_grad_()
        value = aim(_resized(rule.combined(slopes, leaf), leaf))
        by_slopes, by_view = torch.autograd.grad(value, (slopes, leaf), allow_unused=True)
        reach = float(view.max() - view.min()) * PROBE_DISTANCE / max(float(by_slopes.abs().max()), 1e-30)
        ahead, behind = self._gradients(torch.cat([points + reach * by_slopes, points - reach * by_slopes])).chunk(2)
        product = (rule.shares * (ahead - behind)).sum(0, keepdim=True) / (2 * reach)
        return product if by_view is None else product + by_view

    def _gradients(self, views: Tensor) -> Tensor:
        """Compute the gradient of the score at some views."""
        leaves = views.detach().clone().requires_grad_()
        with torch.enable_grad(), SmoothActivations():
            score = self._network(leaves)[:, self._target].sum()
        (found,) = torch.autograd.grad(score, leaves)
        return found

    def _of_activations(self, view: Tensor) -> Tensor:
        assert self._activations is not None
        self._outputs.clear()
        with torch.enable_grad(), SmoothActivations():
            score = self._network(view if view.requires_grad else view.clone().requires_grad_())[:, self._target].sum()
            features = self._outputs[0]
            (slopes,) = torch.autograd.grad(score, features, create_graph=True)
            return _resized(self._activations(features, slopes), view)


def _resized(raw: Tensor, view: Tensor) -> Tensor:
    """Resize a heatmap (1, h, w) to the view, (H, W), and scale it to the sum 1."""
    resized = functional.interpolate(raw[None], view.shape[2:], mode="bilinear", align_corners=False)[0, 0]
    return resized / (resized.sum() + 1e-12)


@dataclass(frozen=True)
class _Slopes:
    """A heatmap made of the gradients at some points.

    Attributes
    ----------
    shares : float Tensor (m, 1, 1, 1)
        Each point is this much of the view.
    noise : float
        And so much noise, as a share of the view's range.
    combined : callable
        From the gradients (m, channels, H, W) and the view to the heatmap (1, H, W).
    """

    shares: Tensor
    noise: float
    combined: Callable[[Tensor, Tensor], Tensor]

    def points(self, view: Tensor) -> Tensor:
        """Return the points (m, channels, H, W) of a view."""
        generator = torch.Generator().manual_seed(0)
        deviation = self.noise * float(view.max() - view.min())
        return self.shares * view + deviation * torch.randn((len(self.shares), *view.shape[1:]), generator=generator)


def _magnitude(slopes: Tensor, _: Tensor) -> Tensor:
    return slopes.mean(0, keepdim=True).abs().sum(1)


def _contribution(slopes: Tensor, view: Tensor) -> Tensor:
    return softplus((slopes.mean(0, keepdim=True) * view).sum(1))


def _grad_cam(features: Tensor, slopes: Tensor) -> Tensor:
    return softplus((slopes.mean((2, 3), keepdim=True) * features).sum(1))


def _layer_cam(features: Tensor, slopes: Tensor) -> Tensor:
    return softplus((softplus(slopes) * features).sum(1))


_ONE = torch.ones(1, 1, 1, 1)
_LINE = ((torch.arange(N_POINTS) + 0.5) / N_POINTS).reshape(-1, 1, 1, 1)

SLOPES = {
    "gradient": _Slopes(_ONE, 0.0, _magnitude),
    "gradient_x_input": _Slopes(_ONE, 0.0, _contribution),
    "smooth_grad": _Slopes(torch.ones(N_POINTS, 1, 1, 1), SMOOTH_GRAD_NOISE, _magnitude),
    "integrated_gradients": _Slopes(_LINE, 0.0, _contribution),
    "deep_lift": _Slopes(_LINE, 0.0, _contribution),
}

ACTIVATIONS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {"grad_cam": _grad_cam, "layer_cam": _layer_cam}
