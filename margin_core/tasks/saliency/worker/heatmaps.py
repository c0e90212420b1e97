"""Heatmaps by MARGIN, a draft before the final one, and by its peers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from cachetools import LRUCache

from margin_core.errors import ModelError, ParameterError
from margin_core.protocol import explain
from margin_core.storage.engine import Arrays, MemoryEngine, Progress
from margin_core.tasks.saliency.lookup import output_names
from margin_core.tasks.saliency.methods.available import MARGIN, find_method
from margin_core.tasks.saliency.methods.black_box import Picture
from margin_core.tasks.saliency.task import Saliency
from margin_core.tasks.saliency.worker.request import SaliencyRequest
from margin_core.tasks.saliency.worker.stored_arrays import shrink
from margin_core.tasks.saliency.worker.stored_results import StoredResults
from margin_core.values import Explanation, Floats, Study

MAX_RECENT_STEPS = 48
"""Steps that are remembered, so that a heatmap goes on from its draft, and another class from the same evaluations."""


@dataclass(frozen=True, eq=False)
class Heatmaps:
    """Computes the heatmaps of one study.

    Attributes
    ----------
    results : StoredResults
        Where they are stored.
    """

    results: StoredResults
    _recent: MemoryEngine = field(default_factory=lambda: MemoryEngine(LRUCache(MAX_RECENT_STEPS)), repr=False)

    def compute(self, request: SaliencyRequest, progress: Progress, on_draft: Callable[[], None]) -> Floats:
        """Compute the heatmap of a sample, unless it is stored already.

        Parameters
        ----------
        request : SaliencyRequest
            Of any kind; its sample, method and class count.
        progress : callable
            Stops the work by raising.
        on_draft : callable
            Called when a first version is stored.

        Returns
        -------
        float32 array
            As it is stored: no larger than `MAX_SIDE`.

        Raises
        ------
        ModelError
            The method is made for pictures, and the sample is none.
        """
        request = SaliencyRequest("heatmap", request.row, request.method, request.target)
        explained = self.results.explained

        def work() -> Arrays:
            if request.method == MARGIN.name:
                return self._arrays(self._by_margin(request, progress, on_draft))
            if explained.kind != "picture":
                raise ModelError(
                    f"{find_method(request.method).title} is made for pictures. Use MARGIN, which takes any sample."
                )
            return {"heatmap": shrink(self._by_peer(request, explained.picture(request.row), progress))}

        return np.asarray(self.results.step(request, work)["heatmap"], dtype=np.float32)

    def compute_draft(self, request: SaliencyRequest, progress: Progress) -> None:
        """Compute the first version of MARGIN's heatmap of a sample, unless it is stored already.

        Parameters
        ----------
        request : SaliencyRequest
            A draft by MARGIN; the other methods have none.
        progress : callable
            Stops the work by raising.

        Raises
        ------
        ParameterError
            It is of another method.
        """
        if request.method != MARGIN.name:
            raise ParameterError(f"{find_method(request.method).title} has no draft. Request its heatmap.")
        recipe = self.recipe(
            self.results.study, request.row, request.target, len(self.results.probabilities(request.row))
        )
        self._step_of_draft(request, next(recipe.refinements()), progress)

    def compute_for_picture(self, request: SaliencyRequest, picture: Picture, progress: Progress) -> Floats:
        """Compute the heatmap of a picture that is no sample of the study; it is not stored.

        Parameters
        ----------
        request : SaliencyRequest
            The sample that the picture was made from, the method and the class.
        picture : uint8 array (h, w) or (h, w, 3)
        progress : callable
            Stops the work by raising.

        Returns
        -------
        float32 array (h, w)
        """
        if request.method != MARGIN.name:
            return self._by_peer(request, picture, progress)
        study = self.results.study
        alone = Study.build(inputs=picture[None], model=study.model, class_names=study.class_names)
        recipe = self.recipe(alone, 0, request.target, len(self.results.probabilities(request.row)))
        return explain(recipe, alone, progress=progress).heatmap

    def recipe(self, study: Study, row: int, target: int, classes: int) -> Saliency:
        """Return the recipe of MARGIN's heatmap.

        Parameters
        ----------
        study : Study
            This one, or one of a changed picture.
        row : int
        target : int
            The class.
        classes : int
            Number of the model's outputs.

        Returns
        -------
        Saliency
        """
        names = output_names(study, classes)
        # A number could be taken for the name of another class.
        has_names = bool(names) and len(set(names)) == len(names)
        return Saliency(sample=str(study.ids[row]), target=names[target] if has_names else target)

    def _by_peer(self, request: SaliencyRequest, picture: Picture, progress: Progress) -> Floats:
        from margin_core.tasks.saliency.methods.image_attribution import attribute

        explained = self.results.explained
        model = explained.model if find_method(request.method).needs_gradients else explained.fast_model
        return attribute(request.method, model, picture, request.target, progress)

    def _by_margin(self, request: SaliencyRequest, progress: Progress, on_draft: Callable[[], None]) -> Explanation:
        study, classes = self.results.study, len(self.results.probabilities(request.row))
        *drafts, last = self.recipe(study, request.row, request.target, classes).refinements()

        if drafts:
            self._step_of_draft(request, drafts[0], progress)
            on_draft()
        return explain(last, study, engine=self._recent, progress=progress)

    def _step_of_draft(self, request: SaliencyRequest, recipe: Saliency, progress: Progress) -> None:
        study = self.results.study
        self.results.step(
            replace(request, kind="draft"),
            lambda: self._arrays(explain(recipe, study, engine=self._recent, progress=progress)),
        )

    def _arrays(self, explanation: Explanation) -> Arrays:
        """Return what is stored; of words and columns also the largest effect, by which two classes compare."""
        arrays: dict[str, np.ndarray] = {"heatmap": shrink(explanation.heatmap)}
        if self.results.explained.kind != "picture":
            arrays["most"] = np.maximum(explanation.findings.maps["saliency"].max(), 0)
        return arrays
