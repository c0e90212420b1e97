"""An ONNX file as a model: a black box that gives probabilities, and features where the graph shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from margin_core.errors import ModelError
from margin_core.storage.fingerprint import fingerprint
from margin_core.study.models.onnx_packages import package
from margin_core.study.models.preparation import Preparation, imagenet_preparation
from margin_core.study.models.torch_model import BATCH, batches
from margin_core.values import Floats

SIDE = 224
"""Height and width in pixels where the file leaves them open."""

MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""ImageNet's, on the scale 0 to 1: what a network with three channels of float input gets unless its file says more."""

NUMBERS = {"tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(double)": np.float64,
           "tensor(uint8)": np.uint8}  # fmt: skip
"""Kinds of input that can be given."""

ROUNDING = 1e-3
"""How far the probabilities of a sample may be from 1 together, in half precision too."""


@dataclass(frozen=True)
class Entry:
    """What the graph wants: the name, kind and order of its input.

    Attributes
    ----------
    name : str
    number : str
        ONNX's word for the kind of number.
    preparation : Preparation or None
        None: the input is rows of numbers, given as they are.
    channels_last : bool
    batch : int or None
        Exactly so many samples at a time; None: any number.
    sample : tuple of int
        Shape of one sample as it is given, such as (224, 224, 3).
    """

    name: str
    number: str
    preparation: Preparation | None
    channels_last: bool
    batch: int | None
    sample: tuple[int, ...]

    def __call__(self, inputs: Any) -> NDArray[Any]:
        """Prepare one batch."""
        if self.preparation is None:
            return np.asarray(inputs).astype(NUMBERS[self.number])
        return self.arranged(self.preparation(inputs).numpy())

    def arranged(self, prepared: Floats) -> NDArray[Any]:
        """Give prepared pictures (b, channels, height, width) the order and kind of number that the graph wants."""
        if self.channels_last:
            prepared = prepared.transpose(0, 2, 3, 1)
        return np.ascontiguousarray(prepared.round() if self.number == "tensor(uint8)" else prepared).astype(
            NUMBERS[self.number]
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class OnnxModel:
    """A classifier in an ONNX file, run by onnxruntime.

    Attributes
    ----------
    description : str
    class_names : tuple of str
    fingerprint : str
        Of the graph, its weights, the preparation and the tensor that gives the features.
    classes : int
        Number of scores c.
    entry : Entry
    is_logits : bool
        Whether the scores still have to become probabilities.
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

    def probabilities(self, inputs: Any) -> Floats:
        """Predict class probabilities, float32 (b, c); rows sum to 1.

        Parameters
        ----------
        inputs : uint8 pictures as for `TorchModel`, or rows of numbers (b, d) where the graph takes such

        Raises
        ------
        ModelError
            The inputs do not fit the graph.
        """
        return self._opinion(self._run(inputs, [self.scores])[0])

    @property
    def preparation(self) -> Preparation | None:
        """What happens to a picture before the graph sees it; None when it takes rows of numbers."""
        return self.entry.preparation

    def predict_prepared(self, prepared: Floats) -> Floats:
        """Predict class probabilities (b, c) of pictures that are prepared already, (b, channels, height, width)."""
        size = self.entry.batch or BATCH
        parts = [prepared[start : start + size] for start in range(0, len(prepared), size)]
        scores = [
            _run_batch(self.session, self.entry, [self.scores], self.entry.arranged(part), self.description)[0]
            for part in parts
        ]
        return self._opinion(np.concatenate(scores))

    def embed(self, inputs: Any) -> Floats:
        """Give the features, float32 (b, d); see `both`."""
        return self.both(inputs)[0]

    def both(self, inputs: Any) -> tuple[Floats, Floats]:
        """Give features (b, d) and probabilities (b, c) from one pass.

        Raises
        ------
        ModelError
            The inputs do not fit the graph, or no features are to be had from it.
        """
        if self.features is None:
            raise ModelError(
                f"{self.description} gives probabilities only: its graph does not end in a Gemm whose input could be "
                "the features. Name a tensor of it as layer."
            )
        features, scores = self._run(inputs, [self.features, self.scores])
        if features.ndim < 2:
            raise ModelError(f"{self.description}: the tensor '{self.features}' does not hold one row a sample.")
        flat = features.mean((2, 3)) if features.ndim == 4 else features.reshape(len(features), -1)
        return flat.astype(np.float32), self._opinion(scores)

    def _opinion(self, scores: NDArray[Any]) -> Floats:
        opinion: Floats = (softmax(scores.astype(np.float64), axis=1) if self.is_logits else scores).astype(np.float32)
        return opinion

    def _run(self, inputs: Any, outputs: Sequence[str]) -> list[NDArray[Any]]:
        return _run(self.session, self.entry, outputs, inputs, self.description)


def _run(session: Any, entry: Entry, outputs: Sequence[str], inputs: Any, description: str) -> list[NDArray[Any]]:
    found: list[list[Any]] = []
    for batch in batches(inputs, entry.batch or BATCH):
        found.append(_run_batch(session, entry, outputs, entry(batch), description))
    return [np.concatenate(parts) for parts in zip(*found, strict=True)]


def _run_batch(
    session: Any, entry: Entry, outputs: Sequence[str], given: NDArray[Any], description: str
) -> list[NDArray[Any]]:
    n = len(given)
    if entry.batch and n < entry.batch:
        given = np.concatenate([given, np.zeros((entry.batch - n, *given.shape[1:]), given.dtype)])
    try:
        return [part[:n] for part in session.run(outputs, {entry.name: given})]
    except Exception as error:  # onnxruntime's own errors share no base class but this one.
        raise ModelError(
            f"{description} cannot take an input of shape {given.shape}: {str(error).splitlines()[0]}"
        ) from error


def load_onnx(path: Path, class_names: Sequence[str], layer: str | None) -> OnnxModel:
    """Load a classifier from an ONNX file.

    The first input is the pictures, ``(b, channels, h, w)`` or ``(b, h, w, channels)``, or rows of numbers ``(b, d)``;
    the first output of floats with two axes is the scores (also within the map that scikit-learn's converter makes of
    them). They are probabilities when those of two trial samples are, and logits otherwise. Three channels of floats
    are normalised as for ImageNet, one channel as ``pixel / 255``; the file's metadata properties ``mean`` and ``std``
    (comma-separated, on the scale 0 to 1, one number a channel) say otherwise. uint8 inputs get the pixels.

    Parameters
    ----------
    path : Path
    class_names : sequence of str
    layer : str, optional
        Name of the tensor that is the embedding. Default: the input of the last Gemm.

    Raises
    ------
    ModelError
        onnxruntime or onnx is not installed; the file is absent, damaged, or no classifier of pictures or rows.

    Notes
    -----
    Costs one pass on two samples.
    """
    onnx, runtime = _package("onnx"), _package("onnxruntime")
    if not path.is_file():
        raise ModelError(f"There is no model file '{path}'. Check the path.")
    description = f"ONNX model ({path.name})"
    try:
        model = onnx.load(path)
        tensors = {name for node in model.graph.node for name in node.output}
        features = layer if layer is not None else _input_of_last_gemm(model.graph)
        shown = {output.name for output in model.graph.output}
        hidden = [name for name in (features, *_inside_maps(model.graph)) if name in tensors - shown]
        model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in hidden)
        content = model.SerializeToString(deterministic=True)
        session = runtime.InferenceSession(content, providers=["CPUExecutionProvider"])
    except Exception as error:  # protobuf, onnx and onnxruntime share no base class but this one.
        raise ModelError(f"'{path}' is not a readable ONNX model: {str(error).splitlines()[0]}") from error
    if layer is not None and layer not in tensors:
        raise ModelError(f"{description} has no tensor '{layer}'. Its last ones: {', '.join(_last(model.graph))}.")
    facts = {entry.key: entry.value for entry in model.metadata_props}
    entry = _entry(session.get_inputs()[0], facts, description)
    name, scores = _trial(session, entry, features, description)
    if class_names and len(class_names) != scores.shape[1]:
        raise ModelError(
            f"{description} has {scores.shape[1]:,} outputs, but {len(class_names):,} class names came with it. "
            "Name each output once, in order."
        )
    return OnnxModel(
        description=description, class_names=tuple(class_names), entry=entry, session=session, scores=name,
        fingerprint=fingerprint("onnx", content, entry, features), classes=scores.shape[1],
        is_logits=not _are_probabilities(scores), features=features,
    )  # fmt: skip


def _trial(session: Any, entry: Entry, features: str | None, description: str) -> tuple[str, NDArray[Any]]:
    """Show the graph a black and a white sample; return the name and the values of its scores."""
    names = [output.name for output in session.get_outputs() if output.name != features]
    samples = np.stack([np.full(entry.sample, shade, np.uint8) for shade in (0, 255)])
    for name, answer in zip(names, _run(session, entry, names, samples, description), strict=True):
        if answer.dtype.kind == "f" and answer.ndim == 2 and answer.shape[1] > 1:
            return name, answer
    raise ModelError(f"{description} has no output (b, c) of floats with one score a class. Export a classifier.")


def _are_probabilities(scores: NDArray[Any]) -> bool:
    return bool((scores >= 0).all() and np.allclose(scores.sum(1), 1, atol=ROUNDING))


def _entry(given: Any, facts: dict[str, str], description: str) -> Entry:
    shape, number = given.shape, given.type
    places = {axis for axis in (1, 3) if len(shape) == 4 and shape[axis] in (1, 3)}
    if number not in NUMBERS or not (places or len(shape) == 2):
        raise ModelError(
            f"{description} wants an input of {number} and shape {shape}; only pictures with 1 or 3 channels and "
            "rows of numbers can be given."
        )
    batch = shape[0] if isinstance(shape[0], int) else None
    if not places:
        if not isinstance(shape[1], int):
            raise ModelError(
                f"{description} does not say how many numbers a row has. Export it with that number fixed."
            )
        return Entry(given.name, number, None, False, batch, (shape[1],))
    axis = min(places)
    sides = shape[2:] if axis == 1 else shape[1:3]
    height, width = (side if isinstance(side, int) else SIDE for side in sides)
    if number == "tensor(uint8)":
        preparation = Preparation(height, width, (0.0,) * shape[axis], (1.0,) * shape[axis])
    else:
        usual = (MEAN, DEVIATION) if shape[axis] == 3 else ((0.0,), (1.0,))
        mean, deviation = (
            _stated(facts, key, shape[axis], description) or values
            for key, values in zip(("mean", "std"), usual, strict=True)
        )
        preparation = imagenet_preparation(height, width, mean, deviation)
    sample = (height, width, 3) if shape[axis] == 3 else (height, width)
    return Entry(given.name, number, preparation, axis == 3, batch, sample)


def _stated(facts: dict[str, str], key: str, channels: int, description: str) -> tuple[float, ...] | None:
    if key not in facts:
        return None
    try:
        values = tuple(float(value) for value in facts[key].split(","))
    except ValueError:
        values = ()
    if len(values) != channels:
        raise ModelError(
            f"{description}: its metadata property {key} must be {channels} comma-separated numbers; "
            f"it is '{facts[key]}'. Correct it."
        )
    return values


def _input_of_last_gemm(graph: Any) -> str | None:
    gemms = [node for node in graph.node if node.op_type == "Gemm"]
    return str(gemms[-1].input[0]) if gemms else None


def _inside_maps(graph: Any) -> list[str]:
    """Name the scores that scikit-learn's converter puts into maps from class to score."""
    return [str(node.input[0]) for node in graph.node if node.op_type == "ZipMap"]


def _last(graph: Any) -> list[str]:
    return [name for node in graph.node for name in node.output][-5:]


def _package(name: str) -> Any:
    try:
        return package(name)
    except ModuleNotFoundError as error:
        raise ModelError(
            f"An ONNX model needs the package {name}, which is not installed. Run: pip install onnxruntime onnx"
        ) from error
