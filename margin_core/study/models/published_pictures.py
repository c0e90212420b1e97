"""Networks of pictures with the weights that timm or open_clip publish, by their names."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor, nn

from margin_core.errors import ModelError
from margin_core.study.models.efficientnet import imagenet_classes
from margin_core.study.models.preparation import Preparation, imagenet_preparation
from margin_core.study.models.published import find_hub_file, import_library, refusing
from margin_core.study.models.torch_model import TorchModel
from margin_core.study.models.weights import load_weights, read_weights

N_IMAGENET = 1000
"""Classes of whatever was trained on ImageNet-1k, all in one order."""

WHOLE = ""
"""The name of a network among its own parts: what it returns are its features."""


def load_timm(name: str, class_names: Sequence[str], layer: str | None, *, download: bool) -> TorchModel:
    """Load a network of timm with its published weights.

    Parameters
    ----------
    name : str
        As timm has it, such as ``resnet18.a1_in1k``.
    class_names : sequence of str
        Of the outputs; empty: those of ImageNet where there are 1,000.
    layer : str or None
        Module whose output is the embedding; None: the input of the last layer, or for a network without classes
        what it returns.
    download : bool
        Whether the weights may be downloaded where they are not in the cache.

    Returns
    -------
    TorchModel
        In evaluation mode.

    Raises
    ------
    ModelError
        timm is not installed or does not know the name; the weights are not there.
    """
    spec = f"timm:{name}"
    timm = import_library(spec, "timm")
    with refusing(spec, "timm"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of how it names its own parts
        module: nn.Module = timm.create_model(name, pretrained=False)
    facts: Mapping[str, Any] = getattr(module, "pretrained_cfg", {})
    repository = facts.get("hf_hub_id")
    if not repository:
        raise ModelError(f"timm publishes no weights of '{name}'. Name it with a tag, such as resnet18.a1_in1k.")
    path = find_hub_file(spec, repository, ("model.safetensors", "pytorch_model.bin"), download=download)
    load_weights(module, read_weights(path), spec)
    channels, height, width = facts["input_size"]
    if channels != len(facts["mean"]):
        raise ModelError(f"'{spec}' takes pictures of {channels} channels, which MARGIN has none of.")
    classes = int(facts.get("num_classes") or 0)
    names = tuple(class_names) or (imagenet_classes() if classes == N_IMAGENET else ())
    return TorchModel.of(
        module, imagenet_preparation(height, width, facts["mean"], facts["std"]), architecture=spec,
        description=f"{name} (timm)", class_names=names if classes else (),
        layer=layer if classes or layer else WHOLE, gives_probabilities=classes > 0,
    )  # fmt: skip


def load_open_clip(name: str, layer: str | None, *, download: bool) -> TorchModel:
    """Load the encoder of pictures of a CLIP model with its published weights.

    Parameters
    ----------
    name : str
        Model and weights as open_clip has them, such as ``ViT-B-32/laion2b_s34b_b79k``.
    layer : str or None
        Module whose output is the embedding; None: what the encoder returns.
    download : bool
        Whether the weights may be downloaded where they are not in the cache.

    Returns
    -------
    TorchModel
        It gives features only.

    Raises
    ------
    ModelError
        open_clip is not installed or does not know the name; the weights are not there.
    """
    spec = f"open_clip:{name}"
    library = import_library(spec, "open_clip")
    architecture, _, tag = name.partition("/")
    tags = library.list_pretrained_tags_by_model(architecture)
    if tag not in tags:
        if not tags:
            raise ModelError(f"open_clip knows no model '{architecture}' with published weights. Check the name.")
        raise ModelError(
            f"Name the weights of {architecture} too: open_clip:{architecture}/{tags[-1]}. "
            f"There are: {', '.join(tags)}."
        )
    facts: Mapping[str, Any] = library.get_pretrained_cfg(architecture, tag)
    repository, _, file = str(facts.get("hf_hub") or "").rpartition("/")
    if not repository:
        raise ModelError(f"The weights '{spec}' are not on the Hugging Face Hub. Choose others: {', '.join(tags)}.")
    files = (file,) if file else ("open_clip_model.safetensors", "open_clip_pytorch_model.bin")
    path = find_hub_file(spec, repository, files, download=download)
    with refusing(spec, "open_clip"):
        model = library.create_model(architecture, pretrained=None)
    load_weights(model, read_weights(path), spec)
    size = model.visual.image_size
    height, width = (size, size) if isinstance(size, int) else size
    mean, deviation = facts.get("mean") or model.visual.image_mean, facts.get("std") or model.visual.image_std
    preparation: Preparation = imagenet_preparation(height, width, mean, deviation)
    return TorchModel.of(
        _Encoder(model.visual), preparation, architecture=spec, description=f"{name} (open_clip)",
        layer=layer or WHOLE, gives_probabilities=False,
    )  # fmt: skip


class _Encoder(nn.Module):
    """An encoder of pictures; of one that returns tokens beside its features, only these."""

    def __init__(self, encoder: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, prepared: Tensor) -> Tensor:
        found = self.encoder(prepared)
        features: Tensor = found[0] if isinstance(found, tuple) else found
        return features
