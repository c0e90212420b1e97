"""A torch network that answers as fast as this machine can."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from margin_core.study.models.runtime import probabilities_of_prepared
from margin_core.study.models.torch_model import BATCH, TorchModel, batches
from margin_core.values import Doubles


@dataclass(frozen=True, eq=False)
class FastModel:
    """A torch network asked for probabilities by the fastest way that this machine has.

    Attributes
    ----------
    model : TorchModel
    """

    model: TorchModel

    @property
    def fingerprint(self) -> str:
        """That of the network."""
        return self.model.fingerprint

    @property
    def preparation(self) -> Any:
        """That of the network."""
        return self.model.preparation

    def probabilities(self, inputs: Any) -> Doubles:
        """Predict class probabilities (b, c)."""
        prepared = (self.model.preparation(batch).numpy() for batch in batches(inputs, BATCH))
        return np.concatenate([probabilities_of_prepared(self.model, some) for some in prepared])
