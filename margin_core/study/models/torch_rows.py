"""A torch network that classifies rows of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from margin_core.errors import ModelError
from margin_core.storage.fingerprint import fingerprint
from margin_core.study.models.blank_sample import run_blank
from margin_core.study.models.class_order import check_output_names
from margin_core.study.models.feature_tap import FeatureTap, pool_features, run_tapped, tap_features
from margin_core.study.models.one_logit import as_two_logits
from margin_core.study.models.weights import tensors_of
from margin_core.values.arrays import Floats

BATCH = 4096
"""Rows in one pass."""


@dataclass(frozen=True, eq=False, kw_only=True)
class TorchRowModel:
    """A network from rows of numbers to logits.

    Attributes
    ----------
    module : torch.nn.Module
        In evaluation mode. Do not change it: the fingerprint would no longer be its own.
    columns : int
        d, the length of a row.
    description : str
        In words, for a person.
    class_names : tuple of str
        Length c, or empty when they are unknown.
    fingerprint : str
        Of the weights and the layer of the features.
    classes : int
        Number of outputs c.
    tap : FeatureTap or None
        Where the features are recorded; None when the network has no last linear layer and none was named.
    """

    module: nn.Module
    columns: int
    description: str
    class_names: tuple[str, ...]
    fingerprint: str
    classes: int
    tap: FeatureTap | None = field(repr=False)

    @classmethod
    def of(
        cls,
        module: nn.Module,
        columns: int,
        *,
        description: str,
        class_names: Sequence[str] = (),
        layer: str | None = None,
    ) -> TorchRowModel:
        """Return a model of a network whose weights are loaded.

        Parameters
        ----------
        module : torch.nn.Module
            From float32 rows (b, d) to logits (b, c), or to one of two classes (b, 1). It is put into evaluation mode
            and float32.
        columns : int
            d.
        description : str
            In words.
        class_names : sequence of str
            Of the outputs; may be empty.
        layer : str, optional
            Name of the module whose output is the embedding. Default: the input of the linear layer that computes the
            logits.

        Returns
        -------
        TorchRowModel

        Raises
        ------
        ModelError
            The network takes no such rows or computes no logits; the layer does not exist; there are more or fewer
            names than outputs.
        """
        module = module.eval().float()
        logits, last = run_blank(module, torch.zeros(1, columns), f"rows of {columns:,} numbers", description)
        outputs = max(logits.shape[1], 2)
        check_output_names(description, class_names, outputs)
        return cls(
            module=as_two_logits(module, logits.shape[1]),
            columns=columns,
            description=description,
            class_names=tuple(class_names),
            fingerprint=fingerprint("torch rows", str(module), columns, layer, tensors_of(module)),
            classes=outputs,
            tap=tap_features(module, last, layer, description),
        )

    @property
    def gives_features(self) -> bool:
        """Whether `embed` returns features."""
        return self.tap is not None

    def probabilities(self, inputs: Any) -> Floats:
        """Compute class probabilities.

        Parameters
        ----------
        inputs : float array (b, d)
            Complete rows, in the columns that the network takes.

        Returns
        -------
        float32 array (b, c)
            Rows sum to 1.

        Raises
        ------
        ModelError
            The inputs are not such rows.
        """
        return np.concatenate([logits.softmax(1).numpy() for logits, _ in self._passes(inputs)])

    def embed(self, inputs: Any) -> Floats:
        """Compute the features.

        Parameters
        ----------
        inputs : float array (b, d)
            Complete rows, in the columns that the network takes.

        Returns
        -------
        float32 array (b, e)

        Raises
        ------
        ModelError
            The inputs are not such rows, or the network has no layer of features.
        """
        return self.both(inputs)[0]

    def both(self, inputs: Any) -> tuple[Floats, Floats]:
        """Compute features and probabilities in one pass.

        Parameters
        ----------
        inputs : float array (b, d)
            Complete rows, in the columns that the network takes.

        Returns
        -------
        embedding : float32 array (b, e)
        probabilities : float32 array (b, c)
            Rows sum to 1.

        Raises
        ------
        ModelError
            The inputs are not such rows, or the network has no layer of features.
        """
        if self.tap is None:
            raise ModelError(f"{self.description} has no last linear layer to take features from. Name a layer of it.")
        passes = self._passes(inputs)
        embedding = np.concatenate([pool_features(features, self.description).numpy() for _, features in passes])
        return embedding, np.concatenate([logits.softmax(1).numpy() for logits, _ in passes])

    def _passes(self, inputs: Any) -> list[tuple[Tensor, Any]]:
        rows = np.asarray(inputs, dtype=np.float32)
        if rows.ndim != 2 or rows.shape[1] != self.columns:
            raise ModelError(f"{self.description} takes rows of {self.columns:,} numbers; got shape {rows.shape}.")
        return [self._pass(rows[start : start + BATCH]) for start in range(0, max(len(rows), 1), BATCH)]

    def _pass(self, rows: Floats) -> tuple[Tensor, Any]:
        with torch.inference_mode():
            # A copy: a read-only array cannot become a tensor.
            return run_tapped(self.module, self.tap, torch.from_numpy(rows.copy()))
