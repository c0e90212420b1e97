"""From what people hold in their hands (a network, an estimator, a path) to a model."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from os import PathLike, fspath
from typing import Any

from margin_core.errors import ModelError
from margin_core.storage.fingerprint import fingerprint
from margin_core.study.models.load import load_model
from margin_core.values.model import Model

DEFAULT_SIDE = 224
"""Pixels; the size of a network's input where neither the samples nor the user state it."""


def as_model(
    model: Any,
    *,
    inputs: Any | None = None,
    class_names: Sequence[str] = (),
    layer: str | None = None,
    size: tuple[int, int] | None = None,
    mean: Sequence[float] | None = None,
    std: Sequence[float] | None = None,
) -> Model:
    """Return a model for a network, an estimator or a file, with the properties that MARGIN needs detected or given.

    Parameters
    ----------
    model : torch.nn.Module, estimator, str, path or Model
        A network from pictures (b, channels, h, w) or rows (b, d) to logits; a fitted scikit-learn classifier or
        pipeline with ``predict_proba``; a description as for `margin_core.study.models.load_model` (``model.onnx``,
        ``resnet18:weights.safetensors``); or an object with ``fingerprint`` and ``probabilities(inputs)``, which is
        returned as it is.
    inputs : array (n, h, w), (n, h, w, 3) or (n, d), optional
        The samples, from which the kind and size of a network's input are detected: rows of numbers if there are two
        axes.
    class_names : sequence of str
        Of a network's outputs, in order. An estimator has its own.
    layer : str, optional
        Name of the module of a network, or tensor of an ONNX graph, whose output is the embedding. Default: what
        enters the last linear layer.
    size : (int, int), optional
        Height and width of a network's input. Default: those of the samples where all are of one size, else 224.
    mean, std : sequence of float, optional
        One a channel, on the scale 0 to 1: a network of pictures gets ``(pixel / 255 - mean) / std``. Default:
        ``pixel / 255``.

    Returns
    -------
    Model
        With ``description``, which states what was found.

    Raises
    ------
    ModelError
        It is none of these; the network does not take such samples; the estimator is not fitted.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import LogisticRegression
    >>> from margin_core.study.models import as_model
    >>> points = np.random.default_rng(0).normal(size=(40, 2)) + np.repeat([[0, 0], [9, 9]], 20, axis=0)
    >>> model = as_model(LogisticRegression().fit(points, np.repeat(["cat", "dog"], 20)))
    >>> model.class_names, model.probabilities([[9, 9]]).round(1).tolist()
    (('cat', 'dog'), [[0.0, 1.0]])
    """
    if isinstance(model, str | PathLike):
        return load_model(fspath(model), class_names=class_names, layer=layer)
    torch = sys.modules.get("torch")  # Whoever holds a network has imported it.
    if torch is not None and isinstance(model, torch.nn.Module):
        return _of_network(model, inputs, class_names, layer, size, mean, std)
    if isinstance(model, type):
        raise ModelError(f"{model.__name__} is a class. Pass a model that is made of it: {model.__name__}(...).")
    if isinstance(model, Model):
        if not isinstance(model.fingerprint, str | int):
            raise ModelError(
                f"The fingerprint of a {type(model).__name__} must be a text that changes with its weights; got "
                f"{model.fingerprint!r}. Give it one, such as fingerprint = 'version 1'."
            )
        return model
    if hasattr(model, "predict_proba"):
        from margin_core.study.models.estimator import EstimatorModel

        return EstimatorModel.of(model)
    raise ModelError(
        f"A {type(model).__name__} is no model that can be asked for class probabilities. Pass a torch network, a "
        "fitted scikit-learn classifier with predict_proba, the path of an ONNX file, or an object with fingerprint "
        "and probabilities(inputs)."
    )


def _of_network(
    module: Any, inputs: Any | None, class_names: Sequence[str], layer: str | None, size: tuple[int, int] | None,
    mean: Sequence[float] | None, std: Sequence[float] | None,
) -> Model:  # fmt: skip
    # torch is slow to import, and is here already
    from margin_core.study.models.preparation import imagenet_preparation
    from margin_core.study.models.torch_model import TorchModel
    from margin_core.study.models.torch_rows import TorchRowModel

    name = type(module).__name__
    shape = tuple(getattr(inputs, "shape", ())) or _first_width(module)
    if len(shape) == 2:
        return TorchRowModel.of(module, shape[1], description=f"torch {name}", class_names=class_names, layer=layer)
    height, width = size or (shape[1:3] if len(shape) in (3, 4) else (DEFAULT_SIDE, DEFAULT_SIDE))
    channels = _channels(module, shape)
    mean, std = mean or (0.0,) * channels, std or (1.0,) * channels
    if not len(mean) == len(std) == channels:
        raise ModelError(f"The network takes {channels} channel(s); name mean and std with one number for each.")
    scale = "pixel / 255" if not any(mean) and set(std) == {1.0} else "(pixel / 255 - mean) / std"
    return TorchModel.of(
        module, imagenet_preparation(height, width, mean, std),
        architecture=fingerprint(str(module)), description=f"torch {name} ({height} x {width}, {scale})",
        class_names=class_names, layer=layer,
    )  # fmt: skip


def _first_width(module: Any) -> tuple[int, ...]:
    """Return the shape of rows for a network that begins with a linear layer, else nothing."""
    for part in module.modules():
        if hasattr(part, "in_channels"):
            return ()
        if hasattr(part, "in_features"):
            return (0, int(part.in_features))
    return ()


def _channels(module: Any, shape: tuple[int, ...]) -> int:
    """Return the channels that the first convolution takes; without one, those of the samples."""
    for part in module.modules():
        if hasattr(part, "in_channels"):
            return int(part.in_channels)
    return 1 if len(shape) == 3 else 3
