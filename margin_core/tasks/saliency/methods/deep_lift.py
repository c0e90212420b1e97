"""DeepLIFT by its rescale rule, for networks written in any way."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from margin_core.study.models.clone_for_hooks import clone_for_hooks
from margin_core.study.models.torch_model import TorchModel
from margin_core.tasks.saliency.methods.gradients import positive_part

MIN_DIFFERENCE = 1e-6
"""Where inputs differ less than this from those of the blank picture, the slope replaces their quotient."""

ELEMENTWISE = frozenset({
    functional.relu, torch.relu, Tensor.relu, functional.relu6, functional.hardtanh, functional.leaky_relu,
    functional.elu, functional.selu, functional.celu, functional.gelu, functional.silu, functional.mish,
    functional.hardswish, functional.hardsigmoid, functional.softplus, functional.logsigmoid, functional.sigmoid,
    functional.tanh, torch.sigmoid, Tensor.sigmoid, torch.tanh, Tensor.tanh, torch.selu, torch.celu, torch.clamp,
    Tensor.clamp,
})  # fmt: skip
"""Activations, as modules and plain code call them."""


def deep_lift(model: TorchModel, views: Tensor, targets: Tensor) -> Tensor:
    r"""Compute DeepLIFT by its rescale rule.

    .. math:: \max\Big(0, \sum_c x_c m_c\Big)

    with the multipliers m of the logit of the target. These are propagated back like gradients, but an activation
    passes :math:`\Delta y / \Delta x` on in place of its slope, each difference being that to the blank picture, 0 as
    the network receives it, at the same place. Then :math:`\sum_c x_c m_c` adds up to the change of the logit wherever
    the network multiplies by weights only; where it multiplies what it has computed (attention, gates, norms of single
    pictures), gradients at the picture are taken.

    Parameters
    ----------
    model : TorchModel
    views : float32 Tensor (b, channels, H, W)
        Prepared pictures.
    targets : int Tensor (b,)

    Returns
    -------
    Tensor (b, H, W)
        0 or more, larger = more important.

    Notes
    -----
    Activations are replaced where they are called, so that one module may be used many times and plain functions count
    too; Captum's hooks need a module for each activation (docs/decisions/0017). One pass with the blank pictures beside
    the others.

    References
    ----------
    Shrikumar, Greenside and Kundaje, Learning important features through propagating activation differences, ICML 2017.
    """
    return positive_part(signed_attributions(model, views, targets))


def signed_attributions(model: TorchModel, views: Tensor, targets: Tensor) -> Tensor:
    """Compute DeepLIFT's attributions before channels are added up.

    Parameters
    ----------
    model : TorchModel
    views : float32 Tensor (b, channels, H, W)
        Prepared pictures.
    targets : int Tensor (b,)

    Returns
    -------
    Tensor (b, channels, H, W)
        Of both signs.
    """
    network = clone_for_hooks(model)
    pictures = views.clone().requires_grad_()
    with torch.enable_grad(), RescaleRule():
        logits = network(torch.cat([pictures, torch.zeros_like(views)]))
    scores = logits[: len(views)].gather(1, targets[:, None]).sum()
    (multipliers,) = torch.autograd.grad(scores, pictures)
    return (multipliers * views).detach()


class RescaleRule(TorchFunctionMode):
    """A context in which activations of a batch, half pictures and half blanks, follow the rescale rule."""

    def __torch_function__(
        self, func: Callable[..., Any], types: Iterable[type], args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        """Replace the derivative of activations and of max pooling; everything else passes."""
        kwargs = dict(kwargs or {})
        # What does not depend on the picture (a table of positions, say) holds no pictures and blanks.
        if not (args and isinstance(args[0], Tensor) and args[0].requires_grad):
            return func(*args, **kwargs)
        if func in ELEMENTWISE:
            kwargs.pop("inplace", None)
            rest = args[1:]
            return _Activation.apply(args[0], lambda values: func(values, *rest, **kwargs))
        if func is functional.max_pool2d:
            return _MaxPool.apply(*_pooling(*args, **kwargs))
        return func(*args, **kwargs)


class _Activation(torch.autograd.Function):
    """An activation whose slope is that of the line from the blank's value to the picture's."""

    @staticmethod
    def forward(ctx: Any, values: Tensor, activation: Callable[[Tensor], Tensor]) -> Tensor:
        output = activation(values)
        ctx.save_for_backward(values, output)
        ctx.activation = activation
        return output

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        values, output = ctx.saved_tensors
        with torch.enable_grad():
            at = values.detach().requires_grad_()
            (slope,) = torch.autograd.grad(ctx.activation(at).sum(), at)
        rise, run = _differences(output), _differences(values)
        flat = run.abs() < MIN_DIFFERENCE
        return gradients[0] * torch.where(flat, slope, rise / torch.where(flat, 1, run)), None


class _MaxPool(torch.autograd.Function):
    """Max pooling that splits the change of each maximum between its place and that of the blank's maximum."""

    @staticmethod
    def forward(ctx: Any, values: Tensor, settings: dict[str, Any]) -> Tensor:
        output, places = functional.max_pool2d_with_indices(values, **settings)
        ctx.save_for_backward(values, output, places)
        return output

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        values, output, places = ctx.saved_tensors
        (own, blank), (own_places, blank_places) = output.chunk(2), places.chunk(2)
        (slopes, _) = gradients[0].chunk(2)
        # The rise from the blank's maximum to the larger of both belongs to the own place, the rest to the blank's.
        larger = torch.maximum(own, blank)
        split = torch.zeros_like(values.chunk(2)[0]).flatten(2)
        split.scatter_add_(2, own_places.flatten(2), (slopes * (larger - blank)).flatten(2))
        split.scatter_add_(2, blank_places.flatten(2), (slopes * (own - larger)).flatten(2))
        run = _differences(values).chunk(2)[0]
        flat = run.abs() < MIN_DIFFERENCE
        share = torch.where(flat, 0, split.reshape(run.shape) / torch.where(flat, 1, run))
        return torch.cat([share, torch.zeros_like(share)]), None


def _differences(values: Tensor) -> Tensor:
    """Return the differences between pictures and blanks, in both halves of the batch."""
    own, blank = values.chunk(2)
    return torch.cat([own - blank] * 2)


def _pooling(
    values: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1,
    ceil_mode: bool = False, return_indices: bool = False,
) -> tuple[Tensor, dict[str, Any]]:  # fmt: skip
    settings = {"kernel_size": kernel_size, "stride": stride, "padding": padding, "dilation": dilation}
    return values, {**settings, "ceil_mode": ceil_mode}
