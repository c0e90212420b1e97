"""Any classification architecture of torchvision, with weights from a file or those that torchvision publishes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from math import isqrt
from pathlib import Path

import torch
from torch import hub, nn
from torchvision import models

from margin_core.errors import ModelError
from margin_core.study.models.preparation import Preparation, imagenet_preparation
from margin_core.study.models.published import find_cached
from margin_core.study.models.torch_model import TorchModel
from margin_core.study.models.weights import Weights, load_weights, read_weights, resize_last_layer

UNSUPPORTED = ("googlenet", "inception_v3")
"""Input scale and side outputs of these two depend on where their weights come from."""

_DENSE = re.compile(r"(denselayer\d+\.(?:norm|conv))\.([12]\.)")
"""What has another name in the published weights of DenseNets, which are older than the network."""


def architectures() -> tuple[str, ...]:
    """Return the names of torchvision's classifiers that can be loaded.

    Returns
    -------
    tuple of str
        Sorted.
    """
    return tuple(name for name in models.list_models(module=models) if name not in UNSUPPORTED)


def published_weights(architecture: str) -> tuple[str, ...]:
    """Return the names of the weights that torchvision publishes of a classifier.

    Parameters
    ----------
    architecture : str

    Returns
    -------
    tuple of str
        The oldest first; none for a name that is not torchvision's.
    """
    known = models.get_model_weights(architecture) if architecture in architectures() else ()
    return tuple(one.name for one in known)


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
    module = _build(architecture, read, architecture)
    return TorchModel.of(
        module, torchvision_preparation(architecture, side), architecture=architecture,
        description=f"{architecture} ({read.words})", class_names=class_names or read.class_names, layer=layer,
    )  # fmt: skip


def load_published_torchvision(
    architecture: str, weights: str, class_names: Sequence[str], layer: str | None, *, download: bool
) -> TorchModel:
    """Load a classifier of torchvision with the weights that torchvision publishes.

    Parameters
    ----------
    architecture : str
        Such as ``resnet50``.
    weights : str
        As torchvision calls them, such as ``IMAGENET1K_V2`` or ``DEFAULT``.
    class_names : sequence of str
        Of the outputs; empty: those of the weights.
    layer : str or None
        Module whose output is the embedding; None: the input of the last layer.
    download : bool
        Whether the weights may be downloaded where they are not in the cache of torch.

    Returns
    -------
    TorchModel
        In evaluation mode.

    Raises
    ------
    ModelError
        There are no such weights, or they are not on this machine.
    """
    spec = f"{architecture}:{weights}"
    published = models.get_model_weights(architecture)
    if weights not in published.__members__:
        known = ", ".join(published_weights(architecture))
        raise ModelError(f"torchvision publishes no weights '{weights}' of {architecture}, but {known}.")
    stated = published[weights]
    file = stated.url.rpartition("/")[2]
    path = Path(hub.get_dir()) / "checkpoints" / file

    def find(only_cached: bool) -> Path | None:
        if not path.is_file() and not only_cached:
            path.parent.mkdir(parents=True, exist_ok=True)
            digest = path.stem.rpartition("-")[2]
            hub.download_url_to_file(stated.url, str(path), hash_prefix=digest, progress=False)
        return path if path.is_file() else None

    read = read_weights(find_cached(spec, find, str(path), download=download))
    tensors = {_DENSE.sub(r"\1\2", name): tensor for name, tensor in read.tensors.items()}
    module = _build(architecture, replace(read, tensors=tensors), spec)
    transforms = stated.transforms()
    side = transforms.crop_size[0]
    return TorchModel.of(
        module, imagenet_preparation(side, side, transforms.mean, transforms.std), architecture=spec,
        description=f"{architecture} ({weights})", class_names=tuple(class_names) or stated.meta["categories"],
        layer=layer,
    )  # fmt: skip


def _build(architecture: str, read: Weights, words: str) -> nn.Module:
    """Return a classifier of torchvision with weights, of the size and for the classes that these have."""
    side = _picture_side(read)
    with torch.device(_build_device(architecture)):
        module: nn.Module = models.get_model(architecture, weights=None, **({"image_size": side} if side else {}))
    resize_last_layer(module, read)
    load_weights(module, read, words)
    return module


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
