"""Predictions of a model for one sample under masks, each a step of a run that an engine may remember."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from margin_core.storage.engine import Run
from margin_core.storage.fingerprint import fingerprint
from margin_core.tasks.saliency.masking.masked_sample import MaskedSample
from margin_core.tasks.saliency.masking.masks import Masks, predict_under_masks
from margin_core.tasks.saliency.masking.study_sample import mask_sample
from margin_core.values import Doubles, Floats, Ints, Study

VERSION = 2
"""Raised whenever the same masks would be filled or sampled otherwise."""


@dataclass(frozen=True, eq=False)
class MaskedPredictions:
    """The predictions of a study's model for one sample, whole and under masks; each is computed once.

    Attributes
    ----------
    study : Study
    row : int
    fill : str
        What hidden parts take; see `mask_sample`.
    key : str
        Fingerprint of the sample, its nodes, the model, and of what hidden parts take.
    """

    study: Study
    row: int
    fill: str
    key: str

    @cached_property
    def sample(self) -> MaskedSample:
        """The sample; making it loads the model."""
        return mask_sample(self.study, self.row, self.fill)

    def unmasked(self, run: Run) -> Doubles:
        """Compute the class probabilities of the whole sample.

        Parameters
        ----------
        run : Run

        Returns
        -------
        float64 array (c,)
        """

        def predict() -> dict[str, np.ndarray]:
            run.report(0.0, "Asking the model about the whole sample")
            return {"whole": self.sample.probabilities(np.ones((1, *self.sample.places), dtype=bool))[0]}

        return np.asarray(run.step("whole", fingerprint(VERSION, self.key), predict)["whole"])

    def masked(self, masks: Masks, classes: Ints, stops: Sequence[int], run: Run) -> Floats:
        """Compute class probabilities of the sample under masks.

        Parameters
        ----------
        masks : Masks
            q of them.
        classes : int array (e,)
            Columns of the model's output that are kept.
        stops : sequence of int
            Numbers of masks, rising up to q. The masks between two of them are one step of the run, so that whoever
            computed the first few before computes only the others.
        run : Run

        Returns
        -------
        float32 array (q, e)
        """
        predictions, start = [], 0
        for stop in stops:
            chunk = masks.between(start, stop)
            part = run.part(start / len(masks), stop / len(masks))
            key = fingerprint(VERSION, self.key, classes, chunk.division, chunk.visible)

            def predict(chunk: Masks = chunk, part: Run = part) -> dict[str, np.ndarray]:
                return {"probabilities": predict_under_masks(self.sample, chunk, classes, part)}

            predictions.append(run.step("masked", key, predict)["probabilities"])
            start = stop
        return np.concatenate(predictions)
