"""The parts of a description of a model: its architecture and its weights file."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import Self


@dataclass(frozen=True)
class ModelSpec:
    """A description such as ``resnet18:weights.safetensors``, ``model.onnx`` or ``efficientnet-lite0``, in parts.

    Attributes
    ----------
    architecture : str
        What comes before the weights; empty for a file that states it: ONNX, or one that MARGIN exported.
    weights : str or None
        The path of the weights. Code (``package.module:factory``) has none and stays whole in `architecture`.
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
        if spec.lower().endswith(".onnx") or (not colon and spec.lower().endswith(".safetensors")):
            return cls("", spec)
        return cls(spec) if not weights or weights.isidentifier() else cls(architecture, weights)

    @property
    def is_code(self) -> bool:
        """Whether it reads ``package.module:factory``."""
        return self.weights is None and ":" in self.architecture

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
