"""What explanations need of a study, each part loaded when it is first used: samples, model, influence probe.

torch and Captum take seconds to import: a table never waits for them, and MARGIN's own heatmap of a picture not for
Captum.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from margin_core.errors import ModelError, SourceError
from margin_core.study.resolved_model import is_black_box, resolve_model
from margin_core.tasks.saliency.masking import mask_sample
from margin_core.tasks.saliency.methods.available import SampleKind, sample_kind
from margin_core.values import Doubles, Study

if TYPE_CHECKING:
    from margin_core.tasks.saliency.fragility.influence_probe import InfluenceProbe


@dataclass(frozen=True, eq=False)
class ExplainedStudy:
    """A study with inputs and a model.

    Attributes
    ----------
    study : Study
    """

    study: Study

    @cached_property
    def kind(self) -> SampleKind:
        """The kind of its samples: ``picture``, ``values`` or ``text``."""
        return sample_kind(self.study)

    @cached_property
    def model(self) -> Any:
        """The model itself, where the study names it."""
        return resolve_model(self.study.model)

    @cached_property
    def fast_model(self) -> Any:
        """The model for class probabilities alone."""
        if is_black_box(self.model):
            return self.model
        from margin_core.tasks.saliency.worker.fast_model import FastModel

        return FastModel(self.model)

    @cached_property
    def influence_probe(self) -> InfluenceProbe:
        """The linear probe of its features, with influence functions."""
        from margin_core.tasks.saliency.fragility.influence_probe import fit_influence_probe

        return fit_influence_probe(self.study)

    def predict(self, row: int) -> Doubles:
        """Compute the class probabilities of a sample.

        Parameters
        ----------
        row : int

        Returns
        -------
        float64 array (c,)

        Raises
        ------
        MarginError
            The sample is none that a model could be asked about.
        """
        if self.kind != "picture":
            masked = mask_sample(self.study, row, "mean")
            return np.asarray(masked.probabilities(np.ones((1, *masked.places), dtype=bool))[0])
        return np.asarray(self.fast_model.probabilities(self.picture(row)[None])[0], dtype=np.float64)

    def picture(self, row: int) -> NDArray[Any]:
        """Return a sample that is a picture.

        Parameters
        ----------
        row : int

        Returns
        -------
        uint8 array (h, w) or (h, w, 3)

        Raises
        ------
        SourceError
            It is none of bytes.
        """
        sample = np.asarray(self.study.inputs[row])
        if sample.dtype != np.uint8 or sample.ndim not in (2, 3):
            raise SourceError(
                f"Sample '{self.study.ids[row]}' is {sample.dtype} of shape {sample.shape}. Heatmaps are made of "
                "pictures of bytes, (h, w) or (h, w, 3)."
            )
        return sample

    def require_pictures(self) -> None:
        """Raise where changes that nobody sees are impossible: for rows and texts.

        Raises
        ------
        ModelError
            The samples are no pictures.
        """
        if self.kind != "picture":
            raise ModelError("Only pictures can be changed so little that nobody sees it.")
