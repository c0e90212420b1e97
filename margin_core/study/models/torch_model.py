"""A torch network as a model: features and probabilities in one pass, and the network itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from margin_core.errors import ModelError
from margin_core.storage.fingerprint import fingerprint
from margin_core.study.models.blank_sample import run_blank
from margin_core.study.models.class_order import check_output_names
from margin_core.study.models.feature_tap import FeatureTap, pool_features, run_tapped, tap_features
from margin_core.study.models.one_logit import as_two_logits
from margin_core.study.models.preparation import Preparation
from margin_core.study.models.weights import tensors_of
from margin_core.values.arrays import Floats

BATCH = 8
"""Pictures in one pass: the layers of larger batches leave the caches of a CPU, and their memory goes back to the
system after every layer, which costs as much time again."""

Pictures = NDArray[np.uint8] | Sequence[NDArray[np.uint8]]


@dataclass(frozen=True, eq=False, kw_only=True)
class TorchModel:
    """A network that classifies pictures.

    Attributes
    ----------
    module : torch.nn.Module
        The network itself, in evaluation mode, for methods that look inside. It takes prepared pictures (see
        `preparation`) and returns logits (b, c). Do not change it: the fingerprint would no longer be its own.
    preparation : Preparation
        Size, channels and scale of the network's input.
    description : str
        In words, for a person.
    class_names : tuple of str
        Length c, or empty when they are unknown.
    fingerprint : str
        Of the architecture, the weights, the preparation and the layer of the features.
    classes : int
        Number of outputs c.
    tap : FeatureTap or None
        Where the features are recorded; None when the network has no last linear layer and none was named.
    gives_probabilities : bool
        False for a network that computes nothing but features, which then stand in for its logits.
    stated_accuracy : float or None
        Share of the labels that fits without them predict, as its file states it, in [0, 1].
    """

    module: nn.Module
    preparation: Preparation
    description: str
    class_names: tuple[str, ...]
    fingerprint: str
    classes: int
    tap: FeatureTap | None = field(repr=False)
    gives_probabilities: bool = True
    stated_accuracy: float | None = None

    @classmethod
    def of(
        cls,
        module: nn.Module,
        preparation: Preparation,
        *,
        architecture: str,
        description: str,
        class_names: Sequence[str] = (),
        layer: str | None = None,
        gives_probabilities: bool = True,
    ) -> TorchModel:
        """Return a model of a network whose weights are loaded.

        Parameters
        ----------
        module : torch.nn.Module
            From prepared pictures to logits (b, c), or to one of two classes (b, 1). It is put into evaluation mode,
            float32 and, where it has convolutions, the channels-last order that CPUs are faster with.
        preparation : Preparation
            Of its input.
        architecture : str
            Distinguishes networks with equal weights but another wiring; part of the fingerprint.
        description : str
            In words.
        class_names : sequence of str
            Of the outputs; may be empty.
        layer : str, optional
            Name of the module (as in ``module.named_modules()``) whose *output* is the embedding. Default: the
            *input* of the `torch.nn.Linear` (or 1 x 1 convolution) that produces the logits. The empty name is that of
            the network itself.
        gives_probabilities : bool
            Whether what the network returns are logits of classes.

        Returns
        -------
        TorchModel
            In evaluation mode.

        Raises
        ------
        ModelError
            The network cannot take such pictures or computes no logits; the layer does not exist; there are more or
            fewer names than classes.

        Notes
        -----
        Costs one pass on an empty picture.
        """
        module = module.eval().float()
        if any(isinstance(part, nn.Conv2d) for part in module.modules()):
            module = module.to(memory_format=torch.channels_last)
        size = (preparation.channels, preparation.height, preparation.width)
        words = f"pictures of {size[0]} x {size[1]} x {size[2]} (channels x height x width)"
        logits, last = run_blank(module, torch.zeros(1, *size), words, description)
        outputs = max(logits.shape[1], 2)
        check_output_names(description, class_names, outputs)
        return cls(
            module=as_two_logits(module, logits.shape[1]),
            preparation=preparation,
            description=description,
            class_names=tuple(class_names),
            fingerprint=fingerprint("torch", architecture, preparation, layer, tensors_of(module)),
            classes=outputs,
            tap=tap_features(module, last, layer, description),
            gives_probabilities=gives_probabilities,
        )

    def probabilities(self, inputs: Pictures) -> Floats:
        """Compute class probabilities.

        Parameters
        ----------
        inputs : uint8 array (b, h, w) or (b, h, w, 3), or a sequence of pictures of different sizes
            Read batch by batch, so that a sequence may open its files lazily.

        Returns
        -------
        float32 array (b, c)
            Rows sum to 1.

        Raises
        ------
        ModelError
            The inputs are not pictures.
        """
        return np.concatenate([_numpy(self._pass(batch)[0].softmax(1)) for batch in batches(inputs, BATCH)])

    def embed(self, inputs: Pictures) -> Floats:
        """Compute the features.

        Parameters
        ----------
        inputs : uint8 array (b, h, w) or (b, h, w, 3), or a sequence of pictures
            Pictures.

        Returns
        -------
        float32 array (b, d)
            One row a sample.

        Raises
        ------
        ModelError
            The inputs are not pictures, or the network has no layer of features.
        """
        return self.both(inputs)[0]

    def both(self, inputs: Pictures) -> tuple[Floats, Floats]:
        """Compute features and probabilities in one pass.

        Feature maps (b, d, h, w) are averaged over their positions, tokens (b, t, d) over the tokens.

        Parameters
        ----------
        inputs : uint8 array (b, h, w) or (b, h, w, 3), or a sequence of pictures
            Pictures.

        Returns
        -------
        embedding : float32 array (b, d)
            One row a sample.
        probabilities : float32 array (b, c)
            Rows sum to 1.

        Raises
        ------
        ModelError
            The inputs are not pictures, or the network has no layer to take features from.
        """
        if self.tap is None:
            raise ModelError(f"{self.description} has no last linear layer to take features from. Name a layer of it.")
        passes = [self._pass(batch) for batch in batches(inputs, BATCH)]
        embedding = np.concatenate([_numpy(pool_features(features, self.description)) for _, features in passes])
        return embedding, np.concatenate([_numpy(logits.softmax(1)) for logits, _ in passes])

    def _pass(self, pictures: Pictures) -> tuple[Tensor, Any]:
        with torch.inference_mode():
            prepared = self.preparation(pictures).contiguous(memory_format=torch.channels_last)
            return run_tapped(self.module, self.tap, prepared)


def batches(inputs: Pictures, size: int) -> Iterator[Pictures]:
    """Yield inputs in batches; one empty batch when there are none, so that outputs have their columns.

    Parameters
    ----------
    inputs : array or sequence of length n
        Samples.
    size : int
        Of a batch at most.

    Yields
    ------
    array or list
        Consecutive samples.
    """
    for start in range(0, max(len(inputs), 1), size):
        if isinstance(inputs, np.ndarray):
            yield inputs[start : start + size]
        else:
            yield [inputs[row] for row in range(start, min(start + size, len(inputs)))]


def _numpy(values: Tensor) -> Floats:
    array: Floats = values.numpy()
    return array
