"""Class activation maps: the last feature map, weighted by gradients of the class score."""

from __future__ import annotations

import torch
from captum.attr import LayerGradCam
from torch import Tensor

from margin_core.study.models.clone_for_hooks import clone_for_hooks
from margin_core.study.models.torch_model import TorchModel
from margin_core.tasks.saliency.methods.feature_map import expose_feature_map, find_feature_map


def grad_cam(model: TorchModel, views: Tensor, targets: Tensor) -> Tensor:
    r"""Compute Grad-CAM with Captum.

    .. math:: \max\Big(0, \sum_c \bar g_c A_c\Big)

    where :math:`A_c` is channel c of the feature map and :math:`\bar g_c` the mean gradient of the logit there.

    Parameters
    ----------
    model : TorchModel
    views : float32 Tensor (b, channels, H, W)
        Prepared pictures.
    targets : int Tensor (b,)

    Returns
    -------
    Tensor (b, h, w)
        In the resolution of the feature map; 0 or more, larger = more important.

    Raises
    ------
    ModelError
        The network has no feature map.

    References
    ----------
    Selvaraju et al., Grad-CAM, ICCV 2017.
    """
    network = clone_for_hooks(model)
    layer = expose_feature_map(network, find_feature_map(model))
    found: Tensor = LayerGradCam(network, layer).attribute(views, targets, relu_attributions=True)
    return found.detach()[:, 0]


def layer_cam(model: TorchModel, views: Tensor, targets: Tensor) -> Tensor:
    r"""Compute Layer-CAM, in which each place is weighted by its own gradient.

    .. math:: \max\Big(0, \sum_c \max(0, g_{cij}) A_{cij}\Big)

    Parameters
    ----------
    model : TorchModel
    views : float32 Tensor (b, channels, H, W)
        Prepared pictures.
    targets : int Tensor (b,)

    Returns
    -------
    Tensor (b, h, w)
        In the resolution of the feature map; 0 or more, larger = more important.

    Raises
    ------
    ModelError
        The network has no feature map.

    References
    ----------
    Jiang et al., LayerCAM, IEEE Transactions on Image Processing 30, 2021. Captum has none.
    """
    network = clone_for_hooks(model)
    layer = expose_feature_map(network, find_feature_map(model))
    activations: list[Tensor] = []
    layer.register_forward_hook(lambda _, __, output: activations.append(output))
    with torch.enable_grad():
        logits = network(views.clone().requires_grad_())
        (gradients,) = torch.autograd.grad(logits.gather(1, targets[:, None]).sum(), activations)
    return (gradients.relu() * activations[0]).sum(1).relu().detach()
