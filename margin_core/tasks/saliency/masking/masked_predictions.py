"""What a model said about one sample, remembered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from margin_core.storage.engine import Run
from margin_core.storage.fingerprint import fingerprint
from margin_core.tasks.saliency.masking.masked_sample import MaskedSample
from margin_core.tasks.saliency.masking.masks import Masks, ask
from margin_core.tasks.saliency.masking.study_sample import mask_sample
from margin_core.values import Doubles, Floats, Ints, Study

VERSION = 2
"""Raised whenever the same masks would be painted or drawn otherwise."""


@dataclass(frozen=True, eq=False)
class MaskedPredictions:
    """The questions put to a model about one sample; each is a step of a run, asked once.

    Attributes
    ----------
    study : Study
    row : int
    fill : str
    key : str
        Fingerprint of the sample, its nodes, the model, and what stands in for what is hidden.
    """

    study: Study
    row: int
    fill: str
    key: str

    @cached_property
    def sample(self) -> MaskedSample:
        """The sample; making it loads the model."""
        return mask_sample(self.study, self.row, self.fill)

    def whole(self, run: Run) -> Doubles:
        """Ask about the sample as it is: probabilities (c,)."""

        def look() -> dict[str, np.ndarray]:
            run.report(0.0, "Asking the model about the whole sample")
            return {"whole": self.sample.probabilities(np.ones((1, *self.sample.places), dtype=bool))[0]}

        return np.asarray(run.step("whole", fingerprint(VERSION, self.key), look)["whole"])

    def masked(self, masks: Masks, classes: Ints, stops: Sequence[int], run: Run) -> Floats:
        """Ask about the sample under masks: probabilities (q, e).

        Parameters
        ----------
        masks : Masks, q of them
        classes : int array (e,)
            Of which the answers are kept.
        stops : sequence of int
            Numbers of masks, rising up to q. What lies between two of them is one step, so that who asked for the
            first few before is asked for the others only.
        run : Run
        """
        answers, start = [], 0
        for stop in stops:
            some = masks.between(start, stop)
            part = run.part(start / len(masks), stop / len(masks))
            key = fingerprint(VERSION, self.key, classes, some.division, some.visible)

            def look(some: Masks = some, part: Run = part) -> dict[str, np.ndarray]:
                return {"probabilities": ask(self.sample, some, classes, part)}

            answers.append(run.step("masked", key, look)["probabilities"])
            start = stop
        return np.concatenate(answers)
