"""A text, words of which are masked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from margin_core.tasks.saliency.variables import TextWords
from margin_core.values import Doubles, Model
from margin_core.values.model import call_model


@dataclass(frozen=True, eq=False)
class MaskedText:
    """A text whose hidden words are left out.

    Attributes
    ----------
    text : TextWords
    model : Model
    """

    text: TextWords
    model: Model

    @property
    def places(self) -> tuple[int, ...]:
        """Shape of a mask: the number of words."""
        return self.text.words.shape

    def probabilities(self, visible: NDArray[np.bool_]) -> Doubles:
        """Compute the model's class probabilities of the text without its hidden words.

        Parameters
        ----------
        visible : bool array (b, words)
            Which words each of the b masks leaves.

        Returns
        -------
        float64 array (b, c)
        """
        texts = [self.text.join(kept) for kept in visible]
        return np.asarray(call_model(self.model, "probabilities", texts)[0], dtype=np.float64)
