"""One heatmap under attack: what it was, and what a changed picture makes of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from margin_core.tasks.saliency.fragility.heatmap_change import compare_heatmaps, top_k_size
from margin_core.tasks.saliency.fragility.perturbed_picture import PerturbedPicture, resize_to_model
from margin_core.tasks.saliency.fragility.random_signs import MAX_TRIES, random_signs
from margin_core.tasks.saliency.methods.black_box import Picture
from margin_core.tasks.saliency.methods.image_attribution import attribute
from margin_core.values import Floats, Model


@dataclass(frozen=True, eq=False)
class AttackedHeatmap:
    """One heatmap under attack.

    Attributes
    ----------
    method : str
        Whose heatmap it is.
    model : Model
    view : uint8 array (h, w) or (h, w, 3)
        The picture in the size that the network takes.
    target : int
        The class that the heatmap is for.
    predicted : int
        The predicted class, which a change must leave as it is.
    confidence : float
        Its probability.
    heatmap : float32 array (h, w)
    k : int
        How many pixels count as the most important.
    """

    method: str
    model: Model
    view: Picture
    target: int
    predicted: int
    confidence: float
    heatmap: Floats
    k: int

    @classmethod
    def of(cls, method: str, model: Model, picture: Picture, target: int | None) -> AttackedHeatmap:
        """Compute the heatmap before any attack.

        Parameters
        ----------
        method : str
        model : Model
        picture : uint8 array (h, w) or (h, w, 3)
        target : int or None
            None: the predicted class.

        Returns
        -------
        AttackedHeatmap
        """
        view = resize_to_model(model, picture)
        probabilities = model.probabilities(view[None])[0]
        predicted = int(probabilities.argmax())
        target = predicted if target is None else target
        heatmap = attribute(method, model, view, target)
        return cls(
            method, model, view, target, predicted, float(probabilities[predicted]), heatmap, top_k_size(heatmap.size)
        )

    def evaluate(self, kind: str, eps: int, after: Picture) -> PerturbedPicture | None:
        """Compute the heatmap of a changed picture by the model itself.

        Parameters
        ----------
        kind : str
            The aim of the change.
        eps : int
        after : uint8 array of the view's shape

        Returns
        -------
        PerturbedPicture or None
            None when the model predicts another class now.
        """
        probabilities = self.model.probabilities(after[None])[0]
        if int(probabilities.argmax()) != self.predicted:
            return None
        heatmap = attribute(self.method, self.model, after, self.target)
        return PerturbedPicture(
            kind=kind, method=self.method, eps=eps, target=self.target, before=self.view, after=after,
            heatmap_before=self.heatmap, heatmap_after=heatmap, confidence_before=self.confidence,
            confidence_after=float(probabilities[self.predicted]),
            change=compare_heatmaps(self.heatmap, heatmap, self.k),
        )  # fmt: skip

    def is_within(self, eps: int, after: Picture) -> bool:
        """Return whether no value of a picture differs by more than eps.

        Parameters
        ----------
        eps : int
        after : uint8 array of the view's shape

        Returns
        -------
        bool
        """
        return int(np.abs(after.astype(np.int32) - self.view).max()) <= eps

    def add_random_signs(self, eps: int) -> PerturbedPicture | None:
        """Compute the heatmap after random signs.

        Parameters
        ----------
        eps : int

        Returns
        -------
        PerturbedPicture or None
            None when the prediction survives none of `MAX_TRIES`.
        """
        rng = np.random.default_rng(0)
        for _ in range(MAX_TRIES):
            if (found := self.evaluate("random", eps, random_signs(self.view, eps, rng))) is not None:
                return found
        return None
