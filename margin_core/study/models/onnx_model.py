"""An ONNX graph as a model: probabilities, and features where the graph has a tensor of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, softmax

from margin_core.errors import ModelError
from margin_core.study.models.cores import map_on_cores
from margin_core.study.models.onnx_input import Entry
from margin_core.study.models.preparation import Preparation
from margin_core.study.models.torch_model import BATCH, batches
from margin_core.values.arrays import Floats


@dataclass(frozen=True, eq=False, kw_only=True)
class OnnxModel:
    """A classifier in an ONNX file, run by onnxruntime.

    Attributes
    ----------
    description : str
        In words.
    class_names : tuple of str
        Of the outputs, or empty.
    fingerprint : str
        Of the graph, its weights, the preparation and the tensor of the features.
    classes : int
        Number of scores c.
    entry : Entry
        How a batch becomes the graph's input.
    session : onnxruntime.InferenceSession
        Of the graph.
    scores : str
        Output of the scores.
    is_logits : bool
        Whether the scores are logits, not probabilities. A single one is of the second of two classes.
    features : str or None
        Output of the features.
    column_names : tuple of str
        Of the rows of numbers that it was fitted to, or empty.
    stated_accuracy : float or None
        Share of the labels that fits without them predict, as its file states it, in [0, 1].
    """

    description: str
    class_names: tuple[str, ...]
    fingerprint: str
    classes: int
    entry: Entry
    session: Any = field(repr=False)
    scores: str
    is_logits: bool
    features: str | None
    column_names: tuple[str, ...] = ()
    stated_accuracy: float | None = None

    def probabilities(self, inputs: Any) -> Floats:
        """Compute class probabilities.

        Parameters
        ----------
        inputs : uint8 array or sequence of length b
            Pictures as for `TorchModel`, or rows of numbers (b, d) where the graph takes such.

        Returns
        -------
        float32 array (b, c)
            Rows sum to 1.

        Raises
        ------
        ModelError
            The inputs do not fit the graph.
        """
        return self._to_probabilities(self._run(inputs, [self.scores])[0])

    @property
    def gives_features(self) -> bool:
        """Whether the graph has a tensor of features; one without is asked for probabilities alone."""
        return self.features is not None

    @property
    def preparation(self) -> Preparation | None:
        """Preparation of pictures; None when the graph takes rows of numbers."""
        return self.entry.preparation

    def predict_prepared(self, prepared: Floats) -> Floats:
        """Compute class probabilities of pictures that are prepared already.

        Parameters
        ----------
        prepared : float32 array (b, channels, height, width)
            Prepared pictures.

        Returns
        -------
        float32 array (b, c)
            Rows sum to 1.
        """
        size = self.entry.batch or BATCH
        parts = [prepared[start : start + size] for start in range(0, len(prepared), size)]
        scores = map_on_cores(lambda part: self._run_prepared(self.entry.to_input(part)), parts)
        return self._to_probabilities(np.concatenate(list(scores)))

    def _run_prepared(self, given: NDArray[Any]) -> NDArray[Any]:
        return run_onnx_batch(self.session, self.entry, [self.scores], given, self.description)[0]

    def embed(self, inputs: Any) -> Floats:
        """Compute the features.

        Parameters
        ----------
        inputs : array or sequence of length b
            Samples as the model takes them.

        Returns
        -------
        float32 array (b, d)
            One row a sample.

        Raises
        ------
        ModelError
            The inputs do not fit the graph, or it has no features.
        """
        return self.both(inputs)[0]

    def both(self, inputs: Any) -> tuple[Floats, Floats]:
        """Compute features and probabilities in one pass.

        Parameters
        ----------
        inputs : array or sequence of length b
            Samples as the model takes them.

        Returns
        -------
        embedding : float32 array (b, d)
            One row a sample.
        probabilities : float32 array (b, c)
            Rows sum to 1.

        Raises
        ------
        ModelError
            The inputs do not fit the graph, or it has no features.
        """
        if self.features is None:
            raise ModelError(
                f"{self.description} has probabilities only: its graph does not end in a Gemm whose input could be "
                "the features. Name a tensor of it as layer."
            )
        features, scores = self._run(inputs, [self.features, self.scores])
        if features.ndim < 2:
            raise ModelError(f"{self.description}: the tensor '{self.features}' does not hold one row a sample.")
        flat = features.mean((2, 3)) if features.ndim == 4 else features.reshape(len(features), -1)
        return flat.astype(np.float32), self._to_probabilities(scores)

    def _to_probabilities(self, scores: NDArray[Any]) -> Floats:
        scores = scores.astype(np.float64)
        if scores.shape[1] == 1:
            second = expit(scores) if self.is_logits else scores
            probabilities = np.hstack([1 - second, second])
        else:
            probabilities = softmax(scores, axis=1) if self.is_logits else scores
        single: Floats = probabilities.astype(np.float32)
        return single

    def _run(self, inputs: Any, outputs: Sequence[str]) -> list[NDArray[Any]]:
        return run_onnx(self.session, self.entry, outputs, inputs, self.description)


def run_onnx(session: Any, entry: Entry, outputs: Sequence[str], inputs: Any, description: str) -> list[NDArray[Any]]:
    """Compute outputs of a graph for inputs of any number.

    Parameters
    ----------
    session : onnxruntime.InferenceSession
        Of the graph.
    entry : Entry
        How a batch becomes its input.
    outputs : sequence of str
        Names of the outputs.
    inputs : array or sequence of length b
        Samples.
    description : str
        Of the model, for a message.

    Returns
    -------
    list of array (b, ...)
        One for each output.

    Raises
    ------
    ModelError
        The inputs do not fit the graph.
    """
    found = map_on_cores(
        lambda batch: run_onnx_batch(session, entry, outputs, entry(batch), description),
        batches(inputs, entry.batch or BATCH),
    )
    return [np.concatenate(parts) for parts in zip(*found, strict=True)]


def run_onnx_batch(
    session: Any, entry: Entry, outputs: Sequence[str], given: NDArray[Any], description: str
) -> list[NDArray[Any]]:
    """Compute outputs of a graph for one batch, padded where the graph has a fixed batch size.

    Parameters
    ----------
    session : onnxruntime.InferenceSession
        Of the graph.
    entry : Entry
        Of the graph.
    outputs : sequence of str
        Names of the outputs.
    given : array (b, ...)
        As the graph takes it, b at most its batch size.
    description : str
        Of the model, for a message.

    Returns
    -------
    list of array (b, ...)
        One for each output.

    Raises
    ------
    ModelError
        The batch does not fit the graph.
    """
    n = len(given)
    if entry.batch and n < entry.batch:
        given = np.concatenate([given, np.zeros((entry.batch - n, *given.shape[1:]), given.dtype)])
    try:
        return [part[:n] for part in session.run(outputs, {entry.name: given})]
    except Exception as error:  # onnxruntime's own errors share no base class but this one.
        raise ModelError(
            f"{description} cannot take an input of shape {given.shape}: {str(error).splitlines()[0]}"
        ) from error
