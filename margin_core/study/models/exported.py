"""MARGIN's own models as files: written by ``margin export --format model``, read by ``--model FILE``.

A safetensors file holds the tensors, and in its metadata what they are: ``margin_model`` (the kind), ``class_names``,
``description`` and, where it was measured, ``margin_accuracy``; nothing in it is ever run. A network of pictures is its
whole state dict, so that any torch program loads it, too; the bundled study of photographs states its last layer alone.
An ONNX file holds the computation itself, with the same metadata but for the kind of a network.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from margin_core.errors import ModelError
from margin_core.storage.archive import atomic_write
from margin_core.study.models.class_order import ACCURACY, KIND, ROWS, read_accuracy, read_names
from margin_core.study.models.linear_rows import LinearRowModel
from margin_core.study.models.linear_words import LinearWordModel

if TYPE_CHECKING:
    from margin_core.study.models.torch_model import TorchModel
    from margin_core.study.models.weights import Weights

SUFFIXES = (".safetensors", ".onnx")


def check_model_file(path: Path) -> None:
    """Refuse a file that a model cannot be written to.

    Parameters
    ----------
    path : Path

    Raises
    ------
    ModelError
        Its suffix is another one.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise ModelError(f"'{path}': a model is written as {' or '.join(SUFFIXES)}. Name such a file.")


def write_model(model: Any, path: Path, accuracy: float | None = None) -> None:
    """Write a model to a file that `load_model` reads.

    Parameters
    ----------
    model : TorchModel, LinearRowModel or LinearWordModel
        A network of pictures must be EfficientNet-Lite0 with other classes.
    path : Path
        Ends in ``.safetensors`` or ``.onnx``. Replaced, whole or not at all.
    accuracy : float, optional
        Share of the labels that fits without them predict, in [0, 1]; stated in the file.

    Raises
    ------
    ModelError
        Another suffix, or words as ONNX, which has no texts.
    WorkspaceError
        The disk is full or cannot be written.
    """
    check_model_file(path)
    if accuracy is not None:
        model = replace(model, stated_accuracy=accuracy)
    suffix = path.suffix.lower()
    if suffix == ".onnx" and isinstance(model, LinearWordModel):
        raise ModelError(f"'{path}': a model of words cannot be an ONNX file. Name a .safetensors file.")
    with atomic_write(path) as scratch:
        (_write_onnx if suffix == ".onnx" else _write_safetensors)(model, scratch)


def load_exported(
    path: Path, class_names: Sequence[str], layer: str | None
) -> TorchModel | LinearRowModel | LinearWordModel:
    """Load a model from a safetensors file that `write_model` wrote.

    Parameters
    ----------
    path : Path
    class_names : sequence of str
        Of the outputs; empty: as the file states them.
    layer : str or None
        Module of a network whose output is the embedding; None: the input of the last layer.

    Returns
    -------
    TorchModel, LinearRowModel or LinearWordModel

    Raises
    ------
    ModelError
        There is no such file, it is damaged, or it states no architecture.
    """
    from margin_core.study.models.weights import read_weights  # torch is slow to import

    read = read_weights(path)
    names = tuple(class_names) or read.class_names
    kind = read.facts.get(KIND)
    accuracy = read_accuracy(path, read.facts)
    if kind == "efficientnet-lite0":
        from margin_core.study.models.efficientnet import load_efficientnet

        return replace(load_efficientnet(path, names, layer), stated_accuracy=accuracy)
    if kind == "efficientnet-lite0-classifier":
        return _with_classifier(read, names)
    if kind not in (ROWS, "words"):
        raise ModelError(
            f"'{path}' is a weights file without its architecture. Write, for example, resnet18:{path}."
            if kind is None
            else f"'{path}' holds a model of the kind '{kind}', which this version does not know. Upgrade MARGIN."
        )
    return replace(_linear(kind, read, names), stated_accuracy=accuracy)


def _with_classifier(read: Weights, class_names: tuple[str, ...]) -> TorchModel:
    """Return EfficientNet-Lite0 as installed with the last layer of a file, which is much smaller than all of it."""
    from margin_core.study.models.efficientnet import DIMENSIONS, load_with_classifier

    arrays = {name: tensor.numpy() for name, tensor in read.tensors.items()}
    shapes = {name: arrays[name].shape if name in arrays else None for name in ("weights", "bias")}
    if shapes != {"weights": (len(class_names), DIMENSIONS), "bias": (len(class_names),)}:
        raise ModelError(f"'{read.path}' is damaged: its arrays do not match its classes. Export it again.")
    description = read.facts.get("description", read.path.name)
    return load_with_classifier(arrays["weights"], arrays["bias"], class_names, description)


def _linear(kind: str, read: Weights, class_names: tuple[str, ...]) -> LinearRowModel | LinearWordModel:
    arrays = {name: tensor.numpy() for name, tensor in read.tensors.items()}
    given: dict[str, Any] = {
        "description": read.facts.get("description", read.path.name),
        "class_names": class_names,
    }
    try:
        weights, bias = arrays["weights"], arrays["bias"]
        if kind == ROWS:
            means, deviations = arrays["means"], arrays["deviations"]
            fits = weights.shape == (len(class_names), *means.shape) and means.shape == deviations.shape
            columns = read_names(read.path, read.facts, "columns")
            model: Any = LinearRowModel(
                weights=weights, bias=bias, means=means, deviations=deviations, column_names=columns, **given
            )
        else:
            words = tuple(bytes(arrays["words"]).decode().split("\n"))
            fits = weights.shape == (len(class_names), len(words)) and arrays["rarity"].shape == (len(words),)
            model = LinearWordModel(words=words, rarity=arrays["rarity"], weights=weights, bias=bias, **given)
    except (KeyError, UnicodeDecodeError) as error:
        raise ModelError(f"'{read.path}' is damaged: {error} is missing or unreadable. Export it again.") from error
    if not fits or bias.shape != (len(class_names),):
        raise ModelError(f"'{read.path}' is damaged: its arrays do not match its classes. Export it again.")
    return model  # type: ignore[no-any-return]


def _tensors(model: Any) -> tuple[str, Mapping[str, np.ndarray]]:
    """Return the kind of a model, and its arrays."""
    if isinstance(model, LinearRowModel):
        return ROWS, {name: getattr(model, name) for name in ("weights", "bias", "means", "deviations")}
    if isinstance(model, LinearWordModel):
        words = np.frombuffer("\n".join(model.words).encode(), np.uint8)
        return "words", {"weights": model.weights, "bias": model.bias, "rarity": model.rarity, "words": words}
    state = model.module.state_dict()
    return "efficientnet-lite0", {name: tensor.contiguous().numpy() for name, tensor in state.items()}


def _write_safetensors(model: Any, path: Path) -> None:
    from safetensors.numpy import save

    kind, arrays = _tensors(model)
    facts = {KIND: kind, "class_names": json.dumps(list(model.class_names)), "description": model.description}
    if model.stated_accuracy is not None:
        facts[ACCURACY] = repr(model.stated_accuracy)
    facts["columns"] = json.dumps(list(getattr(model, "column_names", ())))
    path.write_bytes(save({name: array.copy(order="C") for name, array in arrays.items()}, facts))


def _write_onnx(model: Any, path: Path) -> None:
    from margin_core.study.models.onnx_export import write_onnx_network, write_onnx_rows

    (write_onnx_rows if isinstance(model, LinearRowModel) else write_onnx_network)(model, path)
