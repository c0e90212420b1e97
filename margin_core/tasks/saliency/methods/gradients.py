"""Maps from gradients of the class score by the pixels that the network sees."""

from __future__ import annotations

import torch
from captum.attr import InputXGradient, IntegratedGradients, Saliency
from torch import Tensor

from margin_core.study.models.torch_model import TorchModel
from margin_core.tasks.saliency.methods.clone_for_hooks import clone_for_hooks

STEPS = 50
"""Points on the line of Integrated Gradients, by Gauss and Legendre's rule."""

COPIES = 25
"""Noisy copies in SmoothGrad."""

NOISE = 0.15
"""Standard deviation of SmoothGrad's noise, as a share of the range of the prepared picture."""

AT_ONCE = 16
"""Pictures in one pass."""


def gradient(model: TorchModel, views: Tensor, targets: Tensor) -> Tensor:
    r"""Give :math:`\sum_c |\partial \ell_t / \partial x_c|`, with the logit of the target.

    Parameters
    ----------
    model : TorchModel
    views : Tensor (b, channels, H, W)
        Prepared pictures.
    targets : int Tensor (b,)

    Returns
    -------
    Tensor (b, H, W)
        0 or more.

    References
    ----------
    Simonyan, Vedaldi and Zisserman, Deep inside convolutional networks, 2013; by Captum.
    """
    found: Tensor = Saliency(clone_for_hooks(model)).attribute(views.clone().requires_grad_(), targets, abs=True)
    return found.detach().sum(1)


def gradient_x_input(model: TorchModel, views: Tensor, targets: Tensor) -> Tensor:
    r"""Give :math:`\max(0, \sum_c x_c\, \partial \ell_t / \partial x_c)`; parameters and result as of `gradient`."""
    found: Tensor = InputXGradient(clone_for_hooks(model)).attribute(views.clone().requires_grad_(), targets)
    return for_the_class(found)


def smooth_grad(model: TorchModel, views: Tensor, targets: Tensor) -> Tensor:
    r"""Give :math:`\sum_c |\tfrac{1}{N} \sum_k \partial \ell_t / \partial x_c (x + \epsilon_k)|`.

    Parameters and result as of `gradient`; the noise is drawn alike every time.

    References
    ----------
    Smilkov et al., SmoothGrad, 2017.
    """
    saliency = Saliency(clone_for_hooks(model))
    drawn = torch.Generator().manual_seed(0)
    maps = []
    for view, target in zip(views, targets, strict=True):
        deviation = NOISE * (view.max() - view.min())
        total = torch.zeros_like(view)
        for start in range(0, COPIES, AT_ONCE):
            copies = min(AT_ONCE, COPIES - start)
            noisy = view + deviation * torch.randn((copies, *view.shape), generator=drawn)
            total += saliency.attribute(noisy.requires_grad_(), target.expand(copies), abs=False).detach().sum(0)
        maps.append((total / COPIES).abs().sum(0))
    return torch.stack(maps)


def integrated_gradients(model: TorchModel, views: Tensor, targets: Tensor) -> Tensor:
    r"""Give :math:`\max(0, \sum_c x_c \int_0^1 \partial \ell_t / \partial x_c (s x)\, ds)`.

    The blank picture is 0 as the network sees it, which is its mean colour. Parameters and result as of `gradient`.

    References
    ----------
    Sundararajan, Taly and Yan, Axiomatic attribution for deep networks, ICML 2017; by Captum.
    """
    method = IntegratedGradients(clone_for_hooks(model))
    found: Tensor = method.attribute(views.clone(), target=targets, n_steps=STEPS, internal_batch_size=AT_ONCE)
    return for_the_class(found)


def for_the_class(shares: Tensor) -> Tensor:
    """Add up the channels (b, c, H, W) of signed shares and keep what speaks for the class."""
    return shares.detach().sum(1).relu()
