"""The bytes of a safetensors file from which a trained network is built again."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import safetensors.torch

from margin_core.errors import ModelError
from margin_core.tasks.invertible.network import Architecture, InvertibleClassifier

ENTRY, FORMAT = "margin", "invertible classifier, version 1"


def to_bytes(network: InvertibleClassifier) -> bytes:
    """Return the bytes of a safetensors file with the weights of a network, and its architecture in the metadata.

    Parameters
    ----------
    network : InvertibleClassifier
        Trained.

    Returns
    -------
    bytes
        The same for the same network.
    """
    # One entry, since several would be written in an order that changes from run to run.
    about = {ENTRY: json.dumps({"format": FORMAT, "architecture": asdict(network.architecture)})}
    return safetensors.torch.save({name: part.contiguous() for name, part in network.state_dict().items()}, about)


def from_bytes(content: bytes) -> InvertibleClassifier:
    """Return the network that `to_bytes` wrote, in evaluation mode.

    Parameters
    ----------
    content : bytes
        Of a safetensors file.

    Returns
    -------
    InvertibleClassifier
        In single precision.

    Raises
    ------
    ModelError
        The content is something else.
    """
    try:
        about: dict[str, Any] = json.loads(_metadata(content)[ENTRY])
        if about["format"] != FORMAT:
            raise ValueError(f"its format is '{about['format']}'")
        shape = tuple(about["architecture"].pop("shape"))
        network = InvertibleClassifier(Architecture(shape=shape, **about["architecture"]))
        network.load_state_dict(safetensors.torch.load(content))
    except (safetensors.SafetensorError, ValueError, KeyError, TypeError, RuntimeError) as error:
        reason = str(error).splitlines()[0].rstrip(":.")
        raise ModelError(f"This is not an invertible classifier of MARGIN ({reason}). Train it again.") from error
    return network.eval()


def _metadata(content: bytes) -> dict[str, str]:
    """Read the metadata: the first eight bytes are the length of the JSON header after them."""
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    metadata: dict[str, str] = header.get("__metadata__", {})
    return metadata
