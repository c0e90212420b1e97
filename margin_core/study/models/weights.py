"""The weights of networks: read from files without running code, loaded into a network, and listed with their bits."""

from __future__ import annotations

import pickle
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import safetensors
import torch
from torch import Tensor, nn

from margin_core.errors import ModelError
from margin_core.storage.file_content import describe_lfs_pointer
from margin_core.study.models.class_order import read_names

WRAPPERS = ("state_dict", "model_state_dict", "model_state", "model", "network", "net")
"""Entries under which training scripts keep the weights in a checkpoint, the preferred first."""

MAX_WRAPPERS = 4
"""So many may lie in each other."""

PREFIXES = ("module.", "_orig_mod.")
"""What DataParallel and torch.compile put before every name."""

TORCH_PROTOCOL = b"\x02"
"""The pickle protocol of PyTorch's oldest format; a file of a later one was never written by `torch.save`."""

_SHOWN = 3


@dataclass(frozen=True, eq=False)
class Weights:
    """The content of a weights file.

    Attributes
    ----------
    path : Path
        Of the file.
    tensors : mapping of str to Tensor
        State dict, without the prefixes of wrappers.
    class_names : tuple of str
        From the metadata entry ``class_names`` (a JSON list) of a safetensors file; else empty.
    facts : mapping of str to str
        All metadata of a safetensors file; else empty.
    prefix : str
        What was taken off the names of the tensors, such as ``model.``.
    """

    path: Path
    tensors: Mapping[str, Tensor]
    class_names: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    prefix: str = ""

    @property
    def words(self) -> str:
        """The name of the file, and what was taken off the names in it, for the description of a model."""
        return self.path.name + (f", without the prefix '{self.prefix}'" if self.prefix else "")


def read_weights(path: Path) -> Weights:
    """Read a safetensors file or a PyTorch state dict.

    Parameters
    ----------
    path : Path
        Of the file.

    Returns
    -------
    Weights
        On the CPU, without a first part that all names share, such as ``model.`` or ``net.backbone.``: it is the name
        that a training program gave the network, and no network here has one part that holds all others.

    Raises
    ------
    ModelError
        There is no such file, it is damaged, or it holds pickled Python objects.
    """
    if not path.is_file():
        raise ModelError(f"There is no weights file '{path}'. Check the path.")
    if pointer := describe_lfs_pointer(path):
        raise ModelError(pointer)
    return _read_safetensors(path) if path.suffix.lower() == ".safetensors" else _read_state_dict(path)


def _read_safetensors(path: Path) -> Weights:
    try:
        with safetensors.safe_open(path, framework="pt") as stream:
            facts = stream.metadata() or {}
            # A clone, because the tensors would otherwise change with the file behind them.
            tensors = {name: stream.get_tensor(name).clone() for name in stream.keys()}  # noqa: SIM118
    except (OSError, safetensors.SafetensorError) as error:
        raise ModelError(f"'{path}' is not a readable safetensors file: {error}. Save it again.") from error
    tensors, prefix = _without_prefix(tensors)
    return Weights(path, tensors, read_names(path, facts), facts, prefix)


def _read_state_dict(path: Path) -> Weights:
    try:
        with path.open("rb") as stream:
            start = stream.read(2)
        if start[:1] == b"\x80" and start[1:] > TORCH_PROTOCOL:
            raise ModelError(_pickled(path, ""))
        loaded = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        found = re.search(r"GLOBAL (\S+)", str(error))
        raise ModelError(_pickled(path, f" ({found[1]})") if found else _damaged(path)) from error
    except (OSError, EOFError, RuntimeError) as error:
        raise ModelError(_damaged(path)) from error
    for _ in range(MAX_WRAPPERS):
        inside = [loaded[name] for name in WRAPPERS if isinstance(loaded, Mapping) and name in loaded]
        loaded = next((part for part in inside if isinstance(part, Mapping)), loaded)
    if not isinstance(loaded, Mapping) or not loaded or not all(isinstance(value, Tensor) for value in loaded.values()):
        raise ModelError(
            f"'{path}' holds no state dict (a mapping of names to tensors). "
            "Save the weights with torch.save(model.state_dict(), path)."
        )
    tensors, prefix = _without_prefix({str(name): value for name, value in loaded.items()})
    return Weights(path, tensors, prefix=prefix)


def _pickled(path: Path, what: str) -> str:
    return (
        f"'{path}' holds pickled Python objects{what}, which are never loaded because they can run code. "
        "Save the weights alone: torch.save(model.state_dict(), path)."
    )


def _damaged(path: Path) -> str:
    return (
        f"'{path}' is not a readable PyTorch weights file. "
        "Save the weights again with torch.save(model.state_dict(), path), or as safetensors."
    )


def _without_prefix(tensors: Mapping[str, Tensor]) -> tuple[dict[str, Tensor], str]:
    """Return tensors by the names that their network gives them, and what stood before these."""
    bare, taken = dict(tensors), ""
    while True:
        first = next(iter(bare), "").partition(".")[0] + "."
        is_shared = all(name.startswith(first) for name in bare) and not first[:-1].isdigit()
        found = next((prefix for prefix in PREFIXES if any(name.startswith(prefix) for name in bare)), "")
        prefix = found or (first if bare and is_shared else "")
        if not prefix:
            return bare, taken
        bare = {name.removeprefix(prefix): value for name, value in bare.items()}
        taken += prefix


def resize_last_layer(module: nn.Module, weights: Weights) -> None:
    """Resize the last layer of an empty network to the number of classes of the weights.

    The last layer is the last `torch.nn.Linear`, or 1 x 1 convolution, in the order of the network. Where the file has
    nothing that fits, the network stays as it is, and `load_weights` raises the error.

    Parameters
    ----------
    module : torch.nn.Module
        Changed in place.
    weights : Weights
        To be loaded into it.
    """
    layers = [(name, layer) for name, layer in module.named_modules() if is_classifier(layer)]
    name, layer = layers[-1]
    found = weights.tensors.get(f"{name}.weight")
    if found is None or found.ndim != layer.weight.ndim or found.shape[1:] != layer.weight.shape[1:]:
        return
    owner, _, attribute = name.rpartition(".")
    bias = layer.bias is not None
    resized: nn.Module
    if isinstance(layer, nn.Linear):
        resized = nn.Linear(layer.in_features, len(found), bias=bias, device=layer.weight.device)
    else:
        resized = nn.Conv2d(layer.in_channels, len(found), 1, bias=bias, device=layer.weight.device)
    setattr(module.get_submodule(owner), attribute, resized)


def is_classifier(layer: nn.Module) -> bool:
    """Return whether a layer could be the one that produces the logits.

    Parameters
    ----------
    layer : torch.nn.Module
        Any layer.

    Returns
    -------
    bool
        True for a linear layer or a 1 x 1 convolution.
    """
    return isinstance(layer, nn.Linear) or (isinstance(layer, nn.Conv2d) and layer.kernel_size == (1, 1))


def load_weights(module: nn.Module, weights: Weights, architecture: str) -> None:
    """Load weights into a network of the same shape, which may be on the meta device.

    Parameters
    ----------
    module : torch.nn.Module
        Changed in place.
    weights : Weights
        To be loaded.
    architecture : str
        For a message.

    Raises
    ------
    ModelError
        Entries are missing, left over, or of another shape.
    """
    expected = module.state_dict()
    given = weights.tensors
    missing = sorted(set(expected) - set(given))
    extra = sorted(set(given) - set(expected))
    reshaped = [
        f"{name} (file {_shape(given[name])}, expected {_shape(expected[name])})"
        for name in sorted(set(given) & set(expected))
        if given[name].shape != expected[name].shape
    ]
    faults = [
        f"{len(entries):,} {words}: {_few(entries)}"
        for entries, words in ((missing, "missing"), (extra, "too many"), (reshaped, "of another shape"))
        if entries
    ]
    if faults:
        raise ModelError(
            f"The weights in '{weights.path}' do not fit {architecture}: {'; '.join(faults)}. "
            "Name the architecture that they were saved from."
        )
    expected.update(given)  # Keeps the version entries of the layers, which MNASNet needs and safetensors lacks.
    module.load_state_dict(expected, assign=True)


def tensors_of(module: nn.Module) -> dict[str, tuple[str, tuple[int, ...], bytes]]:
    """Return every tensor of a network by name, with its exact bits.

    Parameters
    ----------
    module : torch.nn.Module

    Returns
    -------
    dict of str to (str, tuple of int, bytes)
        Type, shape and bits, as a fingerprint takes them.
    """
    return {
        name: (
            str(tensor.dtype),
            tuple(tensor.shape),
            tensor.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes(),
        )
        for name, tensor in module.state_dict().items()
    }


def _shape(tensor: Tensor) -> str:
    return " x ".join(str(side) for side in tensor.shape) or "a number"


def _few(entries: Sequence[str]) -> str:
    return ", ".join(entries[:_SHOWN]) + (", ..." if len(entries) > _SHOWN else "")
