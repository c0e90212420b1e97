"""How a model is called for thousands of samples: by which runtime, in batches of which size, on how many threads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from margin_core.study.inputs.pictures import Picture
from margin_core.study.models.named_model import NamedModel
from margin_core.values.arrays import Floats
from margin_core.values.model import call_model

if TYPE_CHECKING:
    from margin_core.study.models.runtime import ExportedNetwork

BATCH = 32
"""Samples in one call of a model that somebody else wrote."""

FEW_PICTURES = 96
"""So many pass a network of torch while it would be exported to the faster runtime."""

Outputs = list[NDArray[np.float32]]


@dataclass(frozen=True, eq=False)
class BatchCall:
    """How a model is called on one batch after the other.

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


def batch_call(model: Any, methods: tuple[str, ...], n: int) -> BatchCall:
    """Return how a model is called for the samples of a study.

    Parameters
    ----------
    model : Model
    methods : tuple of {'embed', 'probabilities'}
    n : int
        Number of samples of the study. The runtime of a network depends on it, so equal studies get equal outputs.

    Returns
    -------
    BatchCall
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
    network = find_exported(loaded) if n > FEW_PICTURES else None
    if network is not None:
        return BatchCall(partial(_call_exported, preparation, network, methods), PASS, True, preparation.resize)
    return BatchCall(plain, resize=preparation.resize)


def call_methods(model: Any, methods: tuple[str, ...], inputs: Any) -> Outputs:
    """Call the methods of a model on one batch, in one pass where it can.

    Parameters
    ----------
    model : Model
    methods : tuple of {'embed', 'probabilities'}
    inputs : array or list of length b

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


def _call_exported(preparation: Any, network: ExportedNetwork, methods: tuple[str, ...], pictures: Any) -> Outputs:
    logits, features = network.outputs(preparation(pictures).numpy())
    probabilities: Floats = softmax(logits.astype(np.float64), axis=1).astype(np.float32)
    found = {"embed": features, "probabilities": probabilities}
    return [found[method] for method in methods]
