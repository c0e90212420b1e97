"""Any classification architecture of torchvision, with weights from a file."""

from __future__ import annotations

from collections.abc import Sequence
from math import isqrt
from pathlib import Path

import torch
from torch import nn
from torchvision import models

from margin_core.study.models.preparation import Preparation, imagenet_preparation
from margin_core.study.models.torch_model import TorchModel
from margin_core.study.models.weights import Weights, load_weights, read_weights, resize_last_layer

UNSUPPORTED = ("googlenet", "inception_v3")
"""Input scale and side outputs of these two depend on where their weights come from."""


def architectures() -> tuple[str, ...]:
    """Return the names of torchvision's classifiers that can be loaded.

    Returns
    -------
    tuple of str
        Sorted.
    """
    return tuple(name for name in models.list_models(module=models) if name not in UNSUPPORTED)


def load_torchvision(architecture: str, weights: Path, class_names: Sequence[str], layer: str | None) -> TorchModel:
    """Load a classifier of torchvision; its number of classes is read off the weights.

    Parameters
    ----------
    architecture : str
        One of `architectures`.
    weights : Path
        A safetensors file or a PyTorch state dict.
    class_names : sequence of str
        Of the outputs; empty: as the file states them.
    layer : str or None
        Module whose output is the embedding; None: the input of the last layer.

    Returns
    -------
    TorchModel
        In evaluation mode.

    Raises
    ------
    ModelError
        The weights cannot be read or do not fit.
    """
    read = read_weights(weights)
    side = _picture_side(read)
    with torch.device(_build_device(architecture)):
        module: nn.Module = models.get_model(architecture, weights=None, **({"image_size": side} if side else {}))
    resize_last_layer(module, read)
    load_weights(module, read, architecture)
    return TorchModel.of(
        module, torchvision_preparation(architecture, side), architecture=architecture,
        description=f"{architecture} ({read.words})", class_names=class_names or read.class_names, layer=layer,
    )  # fmt: skip


def _build_device(architecture: str) -> str:
    """Return the device to build on: meta, because random weights take many seconds for a large network.

    RegNets compute their widths with tensors, which needs a device with numbers.
    """
    return "cpu" if architecture.startswith("regnet") else "meta"


def _picture_side(weights: Weights) -> int | None:
    """Return a vision transformer's picture size from its weights: one position a patch, and one more."""
    positions = weights.tensors.get("encoder.pos_embedding")
    patches = weights.tensors.get("conv_proj.weight")
    if positions is None or patches is None or positions.ndim != 3 or patches.ndim != 4:
        return None
    return isqrt(positions.shape[1] - 1) * patches.shape[-1]


def torchvision_preparation(architecture: str, side: int | None) -> Preparation:
    """Return the size and the statistics that torchvision states for the architecture's own weights.

    Parameters
    ----------
    architecture : str
        A classifier of torchvision.
    side : int or None
        Height and width of the input; None: as torchvision states.

    Returns
    -------
    Preparation
    """
    stated = models.get_model_weights(architecture).DEFAULT.transforms()
    side = side or stated.crop_size[0]
    return imagenet_preparation(side, side, stated.mean, stated.std)
