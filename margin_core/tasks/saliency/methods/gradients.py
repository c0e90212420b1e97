"""Heatmaps from gradients of the class score by the pixels of the prepared picture."""

from __future__ import annotations

import torch
from captum.attr import InputXGradient, IntegratedGradients, Saliency
from torch import Tensor

from margin_core.study.models.clone_for_hooks import clone_for_hooks
from margin_core.study.models.torch_model import TorchModel

INTEGRATION_POINTS = 50
"""Points on the line of Integrated Gradients, by Gauss and Legendre's rule."""

COPIES = 25
"""Noisy copies in SmoothGrad."""

SMOOTH_GRAD_NOISE = 0.15
"""Standard deviation of SmoothGrad's noise, as a share of the range of the prepared picture."""

BATCH_SIZE = 16
"""Pictures in one pass."""


def gradient(model: TorchModel, views: Tensor, targets: Tensor) -> Tensor:
    r"""Compute the magnitude of the gradient with Captum.

    .. math:: \sum_c |\partial \ell_t / \partial x_c|

    where :math:`\ell_t` is the logit of the target.

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

    References
    ----------
    Simonyan, Vedaldi and Zisserman, Deep inside convolutional networks, 2013.
    """
    found: Tensor = Saliency(clone_for_hooks(model)).attribute(views.clone().requires_grad_(), targets, abs=True)
    return found.detach().sum(1)


def gradient_x_input(model: TorchModel, views: Tensor, targets: Tensor) -> Tensor:
    r"""Compute gradient times input with Captum.

    .. math:: \max\Big(0, \sum_c x_c\, \partial \ell_t / \partial x_c\Big)

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
    """
    found: Tensor = InputXGradient(clone_for_hooks(model)).attribute(views.clone().requires_grad_(), targets)
    return positive_part(found)


def smooth_grad(model: TorchModel, views: Tensor, targets: Tensor) -> Tensor:
    r"""Compute SmoothGrad with Captum's gradients.

    .. math:: \sum_c \Big|\frac{1}{N} \sum_k \partial \ell_t / \partial x_c (x + \epsilon_k)\Big|

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
    The noise comes from a generator of its own, the same every time and for every thread; Captum's `NoiseTunnel` takes
    torch's global one.

    References
    ----------
    Smilkov et al., SmoothGrad, 2017.
    """
    saliency = Saliency(clone_for_hooks(model))
    generator = torch.Generator().manual_seed(0)
    heatmaps = []
    for view, target in zip(views, targets, strict=True):
        deviation = SMOOTH_GRAD_NOISE * (view.max() - view.min())
        total = torch.zeros_like(view)
        for start in range(0, COPIES, BATCH_SIZE):
            copies = min(BATCH_SIZE, COPIES - start)
            noisy = view + deviation * torch.randn((copies, *view.shape), generator=generator)
            total += saliency.attribute(noisy.requires_grad_(), target.expand(copies), abs=False).detach().sum(0)
        heatmaps.append((total / COPIES).abs().sum(0))
    return torch.stack(heatmaps)


def integrated_gradients(model: TorchModel, views: Tensor, targets: Tensor) -> Tensor:
    r"""Compute Integrated Gradients with Captum.

    .. math:: \max\Big(0, \sum_c x_c \int_0^1 \partial \ell_t / \partial x_c (s x)\, ds\Big)

    The blank picture is 0 as the network receives it, which is its mean color.

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

    References
    ----------
    Sundararajan, Taly and Yan, Axiomatic attribution for deep networks, ICML 2017.
    """
    method = IntegratedGradients(clone_for_hooks(model))
    found: Tensor = method.attribute(
        views.clone(), target=targets, n_steps=INTEGRATION_POINTS, internal_batch_size=BATCH_SIZE
    )
    return positive_part(found)


def positive_part(attributions: Tensor) -> Tensor:
    """Return what supports the class: signed attributions summed over channels, negative sums as 0.

    Parameters
    ----------
    attributions : Tensor (b, channels, H, W)

    Returns
    -------
    Tensor (b, H, W)
    """
    return attributions.detach().sum(1).relu()
