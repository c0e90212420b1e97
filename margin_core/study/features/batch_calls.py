"""How a model is called for thousands of samples: by which runtime, in batches of which size, on how many threads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from margin_core.errors import ModelError
from margin_core.probe.softmax import softmax
from margin_core.study.inputs.pictures import Picture
from margin_core.study.models.device import DeviceNetwork, find_device, put_on_device
from margin_core.study.models.named_model import NamedModel
from margin_core.values.arrays import Floats
from margin_core.values.model import call_model

if TYPE_CHECKING:
    from margin_core.study.models.preparation import Preparation
    from margin_core.study.models.torch_model import TorchModel

BATCH = 32
"""Samples in one call of a model that somebody else wrote."""

FEW_PICTURES = 96
"""So many pass a network of torch while it would be exported to the faster runtime."""

Outputs = list[NDArray[np.float32]]


@dataclass(frozen=True, eq=False)
class BatchCall:
    """The calls of a model on one batch after the other.

    Attributes
    ----------
    call : callable
        From a batch of inputs to one array (b, ...) a method.
    size : int
        Samples in a batch.
    is_concurrent : bool
        Whether several threads may call it at once, each keeping one core busy.
    resize : callable or None
        What may be done to each picture as soon as it is read.
    """

    call: Callable[[Any], Outputs]
    size: int = BATCH
    is_concurrent: bool = False
    resize: Callable[[Picture], Picture] | None = None


def batch_call(model: Any, methods: tuple[str, ...], n: int, device: str = "auto") -> BatchCall:
    """Return how a model is called for the samples of a study.

    Parameters
    ----------
    model : Model
    methods : tuple of {'embed', 'probabilities'}
    n : int
        Number of samples of the study. The runtime of a network depends on it, so equal studies get equal outputs.
    device : {'auto', 'cpu', 'cuda', 'mps'}
        Where a network of torch is run.

    Returns
    -------
    BatchCall

    Raises
    ------
    ModelError
        The device is not there, or cannot run the network.
    """
    loaded = model.loaded if isinstance(model, NamedModel) else model
    plain = partial(call_methods, model, methods)
    preparation = getattr(loaded, "preparation", None)
    if preparation is None:
        return BatchCall(plain)
    # Whoever has a preparation is a network of torch or onnxruntime, both of which are here then.
    from margin_core.study.models.onnx_model import OnnxModel
    from margin_core.study.models.runtime import find_exported
    from margin_core.study.models.torch_model import BATCH as PASS
    from margin_core.study.models.torch_model import TorchModel

    if isinstance(loaded, OnnxModel):
        return BatchCall(plain, loaded.entry.batch or PASS, True, preparation.resize)
    if not isinstance(loaded, TorchModel):
        return BatchCall(plain)
    place = find_device(device)
    if place != "cpu" and (loaded.tap is not None or "embed" not in methods) and (n > FEW_PICTURES or device != "auto"):
        placed = _on_device(loaded, place, is_asked=device != "auto")
        if placed is not None:
            call = partial(_call_network, preparation, placed.outputs, methods)
            return BatchCall(call, placed.size, resize=preparation.resize)
    network = find_exported(loaded) if n > FEW_PICTURES else None
    if network is not None:
        return BatchCall(partial(_call_network, preparation, network.outputs, methods), PASS, True, preparation.resize)
    return BatchCall(plain, resize=preparation.resize)


def call_methods(model: Any, methods: tuple[str, ...], inputs: Any) -> Outputs:
    """Call the methods of a model on one batch, in one pass where it can.

    Parameters
    ----------
    model : Model
    methods : tuple of {'embed', 'probabilities'}
    inputs : array or list of length b
        Samples as the model takes them.

    Returns
    -------
    list of float32 array (b, ...)
        One for each method.

    Raises
    ------
    ModelError
        The model does not return one row a sample.
    """
    if len(methods) > 1 and hasattr(model, "both"):
        outputs = call_model(model, "both", inputs)
    else:
        outputs = [call_model(model, method, inputs)[0] for method in methods]
    return [np.asarray(output, dtype=np.float32) for output in outputs]


_placed: WeakKeyDictionary[Any, dict[str, DeviceNetwork | None]] = WeakKeyDictionary()
"""Networks on a device, moved there once while the program runs; None for one that failed."""


def _on_device(model: TorchModel, device: str, *, is_asked: bool) -> DeviceNetwork | None:
    """Return a network on a device; None where that fails or computes something else, and was not asked for."""
    known = _placed.setdefault(model, {})
    if known.get(device) is None and (is_asked or device not in known):
        try:
            known[device] = _checked_on_device(model, device)
        except ModelError:
            known[device] = None
            if is_asked:
                raise
    return known[device]


def _checked_on_device(model: TorchModel, device: str) -> DeviceNetwork:
    from margin_core.study.models.runtime import check_outputs, trial_pictures

    placed = put_on_device(model, device)
    logits, features = placed.outputs(trial_pictures(model, 1))
    check_outputs(model, logits, features)
    return placed


def _call_network(
    preparation: Preparation, outputs: Callable[[Floats], tuple[Floats, Floats | None]], methods: tuple[str, ...],
    pictures: Any,
) -> Outputs:  # fmt: skip
    logits, features = outputs(preparation(pictures).numpy())
    probabilities: Floats = softmax(logits.astype(np.float64)).astype(np.float32)
    found = {"embed": features, "probabilities": probabilities}
    return [np.asarray(found[method], np.float32) for method in methods]
