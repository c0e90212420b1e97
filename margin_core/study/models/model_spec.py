"""The parts of a description of a model: its architecture and its weights file."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from typing import Self

PUBLISHERS = ("timm", "open_clip", "sentence-transformers")
"""Libraries that load models by name, with the weights that somebody published."""

MINILM = "all-minilm-l6-v2"
"""The encoder of texts whose weights are in a Python package."""

BOOSTING, MLP = TABLE_MODELS = ("gradient_boosting", "mlp")
"""Models of a table that MARGIN fits to its labels."""

GCN, GCN3, VGAE = GRAPH_MODELS = ("gcn", "gcn3", "vgae")
"""Networks that MARGIN fits to the given graph of a study."""

_PUBLISHED_WEIGHTS = re.compile("IMAGENET1K_[A-Z0-9_]+|DEFAULT")
"""What torchvision calls the weights of its classifiers."""


@dataclass(frozen=True)
class ModelSpec:
    """A description such as ``resnet18:weights.safetensors``, ``model.onnx`` or ``efficientnet-lite0``, in parts.

    Attributes
    ----------
    architecture : str
        What comes before the weights; empty for a file that states it: ONNX, skops, or one that MARGIN exported.
    weights : str or None
        The path of the weights. Code (``package.module:factory``) and published weights (``resnet50:IMAGENET1K_V2``,
        ``timm:NAME``) have none and stay whole in `architecture`.
    """

    architecture: str
    weights: str | None = None

    @classmethod
    def of(cls, spec: str) -> Self:
        """Return the parts of a description.

        Parameters
        ----------
        spec : str
            As for `load_model`.

        Returns
        -------
        ModelSpec
            ``str()`` of it is the description.
        """
        architecture, colon, weights = spec.partition(":")
        if spec.lower().endswith((".onnx", ".skops")) or (not colon and spec.lower().endswith(".safetensors")):
            return cls("", spec)
        whole = cls(spec)
        return whole if not weights or whole.is_published or weights.isidentifier() else cls(architecture, weights)

    @property
    def is_published(self) -> bool:
        """Whether it names weights that somebody published, which are in a cache of their library or are downloaded."""
        library, _, name = self.architecture.partition(":")
        return bool(name) and (library in PUBLISHERS or _PUBLISHED_WEIGHTS.fullmatch(name) is not None)

    @property
    def is_code(self) -> bool:
        """Whether it reads ``package.module:factory``."""
        return self.weights is None and ":" in self.architecture and not self.is_published

    def absolute(self) -> Self:
        """Return the description with the full path of its weights, which is valid from any folder.

        Returns
        -------
        ModelSpec
            Without weights the same.
        """
        return self if self.weights is None else replace(self, weights=os.path.abspath(self.weights))

    def __str__(self) -> str:
        return ":".join(part for part in (self.architecture, self.weights) if part)
