"""A network's smooth stand-in, of whose maps gradients can be taken: only the direction of an attack uses it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from margin_core.attribution.feature_map import feature_map_of, window_on
from margin_core.attribution.gradients import NOISE
from margin_core.attribution.twin import twin_of
from margin_core.study.models.torch_model import TorchModel

SHARPNESS = 10.0
"""Of the softplus: it differs from ReLU by at most ln 2 / 10 of the spread of its inputs."""

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


class SmoothMap:
    """The map of one class by one method, as a smooth function of the view.

    Parameters
    ----------
    method : str
        Any that looks inside. DeepLIFT's stand-in is Integrated Gradients, which shares the same change out.
    model : TorchModel
    target : int
    """

    def __init__(self, method: str, model: TorchModel, target: int) -> None:
        self._rule = RULES[method]
        self._twin, self._target = twin_of(model), target
        self._seen: list[Tensor] = []
        if self._rule in (_grad_cam, _layer_cam):
            window = window_on(self._twin, feature_map_of(model))
            window.register_forward_hook(lambda _, __, output: self._seen.append(output))

    def __call__(self, view: Tensor) -> Tensor:
        """Give the map (H, W) of a view (1, channels, H, W), with the sum 1; it can be differentiated by the view."""
        with Smooth():
            raw = self._rule(self, view)
        placed = functional.interpolate(raw[None], view.shape[2:], mode="bilinear", align_corners=False)[0, 0]
        return placed / (placed.sum() + 1e-12)

    def slopes(self, views: Tensor) -> Tensor:
        """Give the gradient of the score at views that belong to a graph already."""
        (found,) = torch.autograd.grad(self.score(views).sum(), views, create_graph=True)
        return found

    def score(self, views: Tensor) -> Tensor:
        """Give the logits (b,) of the class."""
        self._seen.clear()
        scores: Tensor = self._twin(views)[:, self._target]
        return scores

    def maps(self, view: Tensor) -> tuple[Tensor, Tensor]:
        """Give the last feature map (1, c, h, w) and the gradient of the score by it."""
        score = self.score(view)
        kept = self._seen[0]
        (slopes,) = torch.autograd.grad(score.sum(), kept, create_graph=True)
        return kept, slopes


def _gradient(soft: SmoothMap, view: Tensor) -> Tensor:
    return soft.slopes(view).abs().sum(1)


def _gradient_x_input(soft: SmoothMap, view: Tensor) -> Tensor:
    return softplus((soft.slopes(view) * view).sum(1))


def _smooth_grad(soft: SmoothMap, view: Tensor) -> Tensor:
    drawn = torch.Generator().manual_seed(0)
    deviation = NOISE * float(view.detach().max() - view.detach().min())
    noise = deviation * torch.randn((POINTS, *view.shape[1:]), generator=drawn)
    return soft.slopes(view + noise).mean(0, keepdim=True).abs().sum(1)


def _integrated_gradients(soft: SmoothMap, view: Tensor) -> Tensor:
    places = ((torch.arange(POINTS) + 0.5) / POINTS).reshape(-1, 1, 1, 1)
    return softplus((soft.slopes(places * view).mean(0, keepdim=True) * view).sum(1))


def _grad_cam(soft: SmoothMap, view: Tensor) -> Tensor:
    kept, slopes = soft.maps(view)
    return softplus((slopes.mean((2, 3), keepdim=True) * kept).sum(1))


def _layer_cam(soft: SmoothMap, view: Tensor) -> Tensor:
    kept, slopes = soft.maps(view)
    return softplus((softplus(slopes) * kept).sum(1))


RULES: dict[str, Callable[[SmoothMap, Tensor], Tensor]] = {
    "grad_cam": _grad_cam,
    "layer_cam": _layer_cam,
    "gradient": _gradient,
    "gradient_x_input": _gradient_x_input,
    "smooth_grad": _smooth_grad,
    "integrated_gradients": _integrated_gradients,
    "deep_lift": _integrated_gradients,
}
