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
from margin_core.study.models.weights import Weights, fill, read_weights, resize_last_layer

UNSUPPORTED = ("googlenet", "inception_v3")
"""How these two treat their input and their side outputs depends on where their weights come from."""


def architectures() -> tuple[str, ...]:
    """List the names of torchvision's classifiers that can be loaded."""
    return tuple(name for name in models.list_models(module=models) if name not in UNSUPPORTED)


def load_torchvision(architecture: str, weights: Path, class_names: Sequence[str], layer: str | None) -> TorchModel:
    """Build an architecture and fill it from a file; the number of classes is read off the file.

    Raises
    ------
    ModelError
        The weights cannot be read or do not fit.
    """
    read = read_weights(weights)
    side = _picture_side(read)
    with torch.device(_birthplace(architecture)):
        module: nn.Module = models.get_model(architecture, weights=None, **({"image_size": side} if side else {}))
    resize_last_layer(module, read)
    fill(module, read, architecture)
    return TorchModel.of(
        module, _preparation(architecture, side), architecture=architecture,
        description=f"{architecture} ({weights.name})", class_names=class_names or read.class_names, layer=layer,
    )  # fmt: skip


def _birthplace(architecture: str) -> str:
    """Name the device to build on: meta, because drawing random weights takes many seconds for a large network.

    RegNets compute their widths with tensors, which needs a device with numbers.
    """
    return "cpu" if architecture.startswith("regnet") else "meta"


def _picture_side(weights: Weights) -> int | None:
    """Read a vision transformer's picture size off its weights: one position a patch, and one more."""
    positions = weights.tensors.get("encoder.pos_embedding")
    patches = weights.tensors.get("conv_proj.weight")
    if positions is None or patches is None or positions.ndim != 3 or patches.ndim != 4:
        return None
    return isqrt(positions.shape[1] - 1) * patches.shape[-1]


def _preparation(architecture: str, side: int | None) -> Preparation:
    """Give the size and the statistics that torchvision states for the architecture's own weights."""
    stated = models.get_model_weights(architecture).DEFAULT.transforms()
    side = side or stated.crop_size[0]
    return imagenet_preparation(side, side, stated.mean, stated.std)
