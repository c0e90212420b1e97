"""Loading a classifier from an ONNX file: its scores, its features and its input are found in the graph."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from margin_core.errors import ModelError
from margin_core.storage.fingerprint import fingerprint
from margin_core.study.models.class_order import KIND, ROWS, check_output_names, read_accuracy, read_names
from margin_core.study.models.onnx_input import Entry, read_input
from margin_core.study.models.onnx_model import OnnxModel, run_onnx
from margin_core.study.models.onnx_packages import import_onnx_package, open_session

SUM_TOLERANCE = 1e-3
"""Largest deviation from 1 of the sum of a sample's probabilities, in half precision too."""


_SAME_VALUES = frozenset({"Identity", "Cast", "Reshape", "Flatten", "Squeeze", "Unsqueeze"})


def load_onnx(path: Path, class_names: Sequence[str], layer: str | None) -> OnnxModel:
    """Load a classifier from an ONNX file.

    The first input is the pictures, ``(b, channels, h, w)`` or ``(b, h, w, channels)``, or rows of numbers ``(b, d)``;
    the first output of floats with two axes is the scores (also within the map that scikit-learn's converter makes of
    them). They are probabilities when those of two trial samples are, and logits otherwise. A single column is the
    score of the second of two classes: its probability where a sigmoid computes it, else its logit. Three channels of
    floats are normalized as for ImageNet, one channel as ``pixel / 255``; the file's metadata properties ``mean`` and
    ``std`` (comma-separated, on the scale 0 to 1, one number a channel) say otherwise. uint8 inputs get the pixels.

    Parameters
    ----------
    path : Path
        Of the file.
    class_names : sequence of str
        Of the outputs; may be empty.
    layer : str, optional
        Name of the tensor that is the embedding. Default: the input of the last Gemm, unless that is the input of the
        graph, or its rows as MARGIN's own model scales them.

    Returns
    -------
    OnnxModel
        Run by onnxruntime on the CPU.

    Raises
    ------
    ModelError
        onnxruntime or onnx is not installed; the file is absent, damaged, or no classifier of pictures or rows.

    Notes
    -----
    Costs one pass on two samples.
    """
    onnx, _ = _package("onnx"), _package("onnxruntime")
    if not path.is_file():
        raise ModelError(f"There is no model file '{path}'. Check the path.")
    description = f"ONNX model ({path.name})"
    try:
        model = onnx.load(path)
        tensors = {name for node in model.graph.node for name in node.output}
        last = _input_of_last_gemm(model.graph)
        facts = {entry.key: entry.value for entry in model.metadata_props}
        # The rows themselves are no features of a linear model; nor are they where MARGIN's own scales them.
        has_features = last in tensors and facts.get(KIND) != ROWS
        features = layer if layer is not None else last if has_features else None
        shown = {output.name for output in model.graph.output}
        hidden = [name for name in (features, *_inside_maps(model.graph)) if name in tensors - shown]
        model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in hidden)
        content = model.SerializeToString(deterministic=True)
        session = open_session(content)
    except Exception as error:  # protobuf, onnx and onnxruntime share no base class but this one.
        raise ModelError(f"'{path}' is not a readable ONNX model: {str(error).splitlines()[0]}") from error
    if layer is not None and layer not in tensors:
        raise ModelError(f"{description} has no tensor '{layer}'. Its last ones: {', '.join(_last(model.graph))}.")
    entry = read_input(session.get_inputs()[0], facts, description)
    name, scores = _trial(session, entry, features, description)
    class_names = class_names or read_names(path, facts)
    classes = max(scores.shape[1], 2)
    check_output_names(description, class_names, classes)
    is_logits = not (_is_sigmoid(model.graph, name) if scores.shape[1] == 1 else _are_probabilities(scores))
    return OnnxModel(
        description=description, class_names=tuple(class_names), entry=entry, session=session, scores=name,
        fingerprint=fingerprint("onnx", content, entry, features), classes=classes,
        is_logits=is_logits, features=features, column_names=read_names(path, facts, "columns"),
        stated_accuracy=read_accuracy(path, facts),
    )  # fmt: skip


def _trial(session: Any, entry: Entry, features: str | None, description: str) -> tuple[str, NDArray[Any]]:
    """Run the graph on a black and a white sample; return the name and the values of its scores."""
    names = [output.name for output in session.get_outputs() if output.name != features]
    samples = np.stack([np.full(entry.sample, shade, np.uint8) for shade in (0, 255)])
    answers = dict(zip(names, run_onnx(session, entry, names, samples, description), strict=True))
    scores = [name for name, answer in answers.items() if answer.dtype.kind == "f" and answer.ndim == 2]
    # One column may stand beside the scores of all classes, so it counts only where there are none.
    name = next((name for name in scores if answers[name].shape[1] > 1), scores[0] if scores else None)
    if name is not None and answers[name].shape[1]:
        return name, answers[name]
    raise ModelError(f"{description} has no output (b, c) of floats with one score a class. Export a classifier.")


def _are_probabilities(scores: NDArray[Any]) -> bool:
    return bool((scores >= 0).all() and np.allclose(scores.sum(1), 1, atol=SUM_TOLERANCE))


def _is_sigmoid(graph: Any, name: str) -> bool:
    """Return whether a tensor is the output of a sigmoid, whatever only changes its shape or type behind it."""
    makers = {output: node for node in graph.node for output in node.output}
    while name in makers and makers[name].op_type in _SAME_VALUES:
        name = makers[name].input[0]
    return name in makers and makers[name].op_type == "Sigmoid"


def _input_of_last_gemm(graph: Any) -> str | None:
    gemms = [node for node in graph.node if node.op_type == "Gemm"]
    return str(gemms[-1].input[0]) if gemms else None


def _inside_maps(graph: Any) -> list[str]:
    """Return the tensors of scores that scikit-learn's converter wraps in maps from class to score."""
    return [str(node.input[0]) for node in graph.node if node.op_type == "ZipMap"]


def _last(graph: Any) -> list[str]:
    return [name for node in graph.node for name in node.output][-5:]


def _package(name: str) -> Any:
    try:
        return import_onnx_package(name)
    except ModuleNotFoundError as error:
        raise ModelError(
            f"An ONNX model needs the package {name}, which is not installed. Run: pip install onnxruntime onnx"
        ) from error
