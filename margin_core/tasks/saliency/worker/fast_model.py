"""A torch network that is run in the fastest way that this machine has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from margin_core.study.models.runtime import predict_prepared
from margin_core.study.models.torch_model import BATCH, TorchModel, batches
from margin_core.values import Doubles


@dataclass(frozen=True, eq=False)
class FastModel:
    """A torch network as a model whose class probabilities are computed in the fastest way that this machine has.

    Attributes
    ----------
    model : TorchModel
    """

    model: TorchModel

    @property
    def fingerprint(self) -> str:
        """As of the network."""
        return self.model.fingerprint

    @property
    def preparation(self) -> Any:
        """As of the network."""
        return self.model.preparation

    def probabilities(self, inputs: Any) -> Doubles:
        """Compute class probabilities.

        Parameters
        ----------
        inputs : uint8 array (b, h, w) or (b, h, w, 3), or a sequence of pictures

        Returns
        -------
        float64 array (b, c)
        """
        prepared = (self.model.preparation(batch).numpy() for batch in batches(inputs, 4 * BATCH))
        return np.concatenate([predict_prepared(self.model, views) for views in prepared])
