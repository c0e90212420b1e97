"""Class activation maps of the last feature map."""

from __future__ import annotations

import torch
from captum.attr import LayerGradCam
from torch import Tensor

from margin_core.study.models.torch_model import TorchModel
from margin_core.tasks.saliency.methods.clone_for_hooks import clone_for_hooks
from margin_core.tasks.saliency.methods.feature_map import expose_feature_map, find_feature_map


def grad_cam(model: TorchModel, views: Tensor, targets: Tensor) -> Tensor:
    r"""Give :math:`\max(0, \sum_c \bar g_c A_c)`, with the mean gradient of a channel as its weight.

    Parameters
    ----------
    model : TorchModel
    views : Tensor (b, channels, H, W)
        Prepared pictures.
    targets : int Tensor (b,)

    Returns
    -------
    Tensor (b, h, w)
        In the resolution of the feature map; 0 or more.

    References
    ----------
    Selvaraju et al., Grad-CAM, ICCV 2017; by Captum.
    """
    twin = clone_for_hooks(model)
    window = expose_feature_map(twin, find_feature_map(model))
    found: Tensor = LayerGradCam(twin, window).attribute(views, targets, relu_attributions=True)
    return found.detach()[:, 0]


def layer_cam(model: TorchModel, views: Tensor, targets: Tensor) -> Tensor:
    r"""Give :math:`\max(0, \sum_c \max(0, g_{cij}) A_{cij})`: each place is weighted by its own gradient.

    Parameters and result as of `grad_cam`.

    References
    ----------
    Jiang et al., LayerCAM, IEEE Transactions on Image Processing 30, 2021.
    """
    twin = clone_for_hooks(model)
    window = expose_feature_map(twin, find_feature_map(model))
    maps: list[Tensor] = []
    window.register_forward_hook(lambda _, __, output: maps.append(output))
    with torch.enable_grad():
        logits = twin(views.clone().requires_grad_())
        (gradient,) = torch.autograd.grad(logits.gather(1, targets[:, None]).sum(), maps)
    return (gradient.relu() * maps[0]).sum(1).relu().detach()
