"""Computes what is requested about the samples of a study, and stores it in the study's workspace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from margin_core.errors import ModelError, NotComputed, ParameterError
from margin_core.protocol import explain
from margin_core.storage.engine import Arrays, Progress, Run
from margin_core.tasks.saliency.faithfulness import deletion, gini, insertion, road
from margin_core.tasks.saliency.faithfulness.part_curves import compute_part_curves
from margin_core.tasks.saliency.fragility.heatmap_change import compare_heatmaps
from margin_core.tasks.saliency.fragility.random_signs import MAX_TRIES, random_signs
from margin_core.tasks.saliency.masking import mask_sample, single_node_masks, split_sample
from margin_core.tasks.saliency.methods.available import MARGIN, find_method
from margin_core.tasks.saliency.methods.black_box import Picture
from margin_core.tasks.saliency.task import Saliency
from margin_core.tasks.saliency.worker.explained_study import ExplainedStudy
from margin_core.tasks.saliency.worker.recent_steps import RecentSteps
from margin_core.tasks.saliency.worker.request import EPS, METRICS_EPS, PREDICTED, SaliencyRequest, step_key
from margin_core.tasks.saliency.worker.stored_arrays import (
    UNMEASURED,
    HeatmapPair,
    attack_arrays,
    enlarge,
    exemplar_arrays,
    metric_arrays,
    shrink,
)
from margin_core.values import Doubles, Explanation, Floats, Study

BATCH_SIZE = 32
"""Masked samples in memory at a time."""

CLASSLESS_KINDS = ("prediction", "parts", "examples")
"""Requests that are about no class in particular."""


@dataclass(frozen=True, eq=False)
class HeatmapMaker:
    """Computes heatmaps, and what else can be requested about a sample, for one study.

    Attributes
    ----------
    study : Study
        With inputs and a model.
    run : Run
        Its engine stores what is computed.
    """

    study: Study
    run: Run
    _recent: RecentSteps = field(default_factory=RecentSteps, repr=False)

    def compute(self, request: SaliencyRequest, progress: Progress, on_draft: Callable[[], None] = lambda: None) -> int:
        """Compute the result of a request and all that it builds upon, unless they are stored already.

        Parameters
        ----------
        request : SaliencyRequest
        progress : callable
            Stops the work by raising.
        on_draft : callable
            Called when a first version of a heatmap is stored; a better one follows.

        Returns
        -------
        int
            The class that it was about.

        Raises
        ------
        MarginError
            It cannot be computed; the message says why.
        """
        request.check(self.study)
        request = replace(request, target=self._target(request))
        match request.kind:
            case "prediction":
                pass
            case "heatmap" | "draft":
                self._heatmap(request, progress, on_draft)
            case "metrics":
                self._metrics(request, progress, on_draft)
            case "parts":
                self._parts(request, progress)
            case "examples":
                self._exemplars(request, progress)
            case _:
                self._attack(request, progress)
        return request.target

    def load(self, request: SaliencyRequest) -> Arrays:
        """Load the result of a request.

        Parameters
        ----------
        request : SaliencyRequest
            Its target is a class.

        Returns
        -------
        mapping of str to array

        Raises
        ------
        NotComputed
            It was not computed.
        """

        def work() -> Arrays:
            raise NotComputed(f"{request} is not computed yet.")

        return self._step(request, work)

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
        names = tuple(getattr(self._explained.model, "class_names", ())) or study.class_names
        # A number could be taken for the name of another class.
        has_names = len(names) == classes and len(set(names)) == len(names)
        return Saliency(sample=str(study.ids[row]), target=names[target] if has_names else target)

    @cached_property
    def _explained(self) -> ExplainedStudy:
        return ExplainedStudy(self.study)

    def _step(self, request: SaliencyRequest, work: Callable[[], Arrays]) -> Arrays:
        name, key = step_key(self.study, request)
        return self.run.step(name, key, work)

    def _is_stored(self, request: SaliencyRequest) -> bool:
        remembers = getattr(self.run.engine, "remembers", None)
        return remembers is not None and bool(remembers(*step_key(self.study, request)))

    # -- class probabilities ---------------------------------------------------------------------

    def _probabilities(self, row: int) -> Doubles:
        request = SaliencyRequest("prediction", row)
        return self._step(request, lambda: {"probabilities": self._explained.predict(row)})["probabilities"]

    def _target(self, request: SaliencyRequest) -> int:
        probabilities = self._probabilities(request.row)
        if request.target >= len(probabilities):
            raise ParameterError(
                f"Class {request.target} does not exist: the model has {len(probabilities):,} classes."
            )
        if request.target == PREDICTED and request.kind not in CLASSLESS_KINDS:
            return int(probabilities.argmax())
        return request.target

    # -- heatmaps --------------------------------------------------------------------------------

    def _heatmap(self, request: SaliencyRequest, progress: Progress, on_draft: Callable[[], None]) -> Floats:
        request = SaliencyRequest("heatmap", request.row, request.method, request.target)

        def work() -> Arrays:
            if request.method == MARGIN.name:
                return self._heatmap_arrays(self._by_margin(request, progress, on_draft))
            if self._explained.kind != "picture":
                raise ModelError(
                    f"{find_method(request.method).title} is made for pictures. Use MARGIN, which takes any sample."
                )
            return {"heatmap": shrink(self._by_peer(request, self._explained.picture(request.row), progress))}

        return np.asarray(self._step(request, work)["heatmap"], dtype=np.float32)

    def _by_peer(self, request: SaliencyRequest, picture: Picture, progress: Progress) -> Floats:
        from margin_core.tasks.saliency.methods.image_attribution import attribute

        needs_gradients = find_method(request.method).needs_gradients
        model = self._explained.model if needs_gradients else self._explained.fast_model
        return attribute(request.method, model, picture, request.target, progress)

    def _by_margin(self, request: SaliencyRequest, progress: Progress, on_draft: Callable[[], None]) -> Explanation:
        classes = len(self._probabilities(request.row))
        *drafts, last = self.recipe(self.study, request.row, request.target, classes).refinements()
        draft_request = replace(request, kind="draft")
        if drafts and not self._is_stored(draft_request):
            draft = explain(drafts[0], self.study, engine=self._recent, progress=progress)
            self._step(draft_request, lambda: self._heatmap_arrays(draft))
            on_draft()
        return explain(last, self.study, engine=self._recent, progress=progress)

    def _heatmap_arrays(self, explanation: Explanation) -> Arrays:
        """Return what is stored; of words and columns also the largest effect, by which two classes compare."""
        arrays: dict[str, np.ndarray] = {"heatmap": shrink(explanation.heatmap)}
        if self._explained.kind != "picture":
            arrays["most"] = np.maximum(explanation.findings.maps["saliency"].max(), 0)
        return arrays

    def _of_picture(self, request: SaliencyRequest, picture: Picture, progress: Progress) -> Floats:
        """Compute the heatmap of a picture that is no sample of the study."""
        if request.method != MARGIN.name:
            return self._by_peer(request, picture, progress)
        alone = Study.build(inputs=picture[None], model=self.study.model, class_names=self.study.class_names)
        recipe = self.recipe(alone, 0, request.target, len(self._probabilities(request.row)))
        return explain(recipe, alone, progress=progress).heatmap

    # -- metrics ---------------------------------------------------------------------------------

    def _metrics(self, request: SaliencyRequest, progress: Progress, on_draft: Callable[[], None]) -> None:
        whole = Run(progress=progress)
        heatmap = self._heatmap(request, whole.part(0.0, 0.4).progress, on_draft)
        row, target = request.row, request.target

        def work() -> Arrays:
            whole.report(0.4, "Taking the most important parts away")
            if self._explained.kind != "picture":
                deleted, inserted = compute_part_curves(mask_sample(self.study, row, "mean"), heatmap, target)
                return metric_arrays(deleted, inserted, float("nan"), gini(heatmap), UNMEASURED)
            model, picture = self._explained.fast_model, self._explained.picture(row)
            enlarged = enlarge(heatmap, picture.shape[:2])
            deleted = deletion(model, picture, enlarged, target)
            inserted = insertion(model, picture, enlarged, target)
            whole.report(0.5, "Filling in what was taken away")
            imputed = road(model, picture, enlarged, target)
            pair = self._after_random_signs(request, METRICS_EPS, whole.part(0.6, 1.0).progress)
            change = UNMEASURED if pair is None else pair.change
            return metric_arrays(deleted, inserted, imputed, gini(enlarged), change)

        self._step(request, work)

    def _after_random_signs(self, request: SaliencyRequest, eps: int, progress: Progress) -> HeatmapPair | None:
        """Compute the heatmap after random signs; None when the prediction does not survive them."""
        from margin_core.tasks.saliency.fragility.perturbed_picture import resize_to_model

        model, picture = self._explained.fast_model, self._explained.picture(request.row)
        before = resize_to_model(self._explained.model, picture)
        predicted = int(model.probabilities(before[None])[0].argmax())
        if np.array_equal(before, picture):
            heatmap = self._heatmap(request, progress, lambda: None)
        else:
            heatmap = self._of_picture(request, before, progress)
        rng = np.random.default_rng(0)
        for _ in range(MAX_TRIES):
            after = random_signs(before, eps, rng)
            if int(model.probabilities(after[None])[0].argmax()) == predicted:
                changed = self._of_picture(request, after, progress)
                return HeatmapPair(before, after, heatmap, changed, compare_heatmaps(heatmap, changed))
        return None

    # -- parts -----------------------------------------------------------------------------------

    def _parts(self, request: SaliencyRequest, progress: Progress) -> None:
        """Compute how far the probability of every class drops when a part of the coarsest division is hidden."""

        def work() -> Arrays:
            progress(0.0, "Hiding one part after another")
            unmasked = self._probabilities(request.row)
            layout = split_sample(self.study, request.row).layout[:1]
            masks = single_node_masks(layout)
            sample = mask_sample(self.study, request.row, "mean")
            masked = []
            for start in range(0, len(masks), BATCH_SIZE):
                progress(start / len(masks), "Hiding one part after another")
                masked.append(sample.probabilities(masks[start : start + BATCH_SIZE]))
            drops = unmasked - np.concatenate(masked)
            return {"layout": layout[0].astype(np.uint16), "drops": drops.astype(np.float32)}

        self._step(replace(request, target=PREDICTED), work)

    # -- attacks ---------------------------------------------------------------------------------

    def _attack(self, request: SaliencyRequest, progress: Progress) -> Arrays:
        self._explained.require_pictures()

        def work() -> Arrays:
            if request.attack == "random":
                return attack_arrays(self._after_random_signs(request, request.eps, progress))
            from margin_core.tasks.saliency.fragility.attack import perturb

            place, whole = EPS.index(request.eps), Run(progress=progress)
            known = []
            if place:  # An attack goes on from what it found with less strength, so that more is never worse.
                part = whole.part(0, place / (place + 1)).progress
                weaker = self._attack(replace(request, eps=EPS[place - 1]), part)
                known = [np.asarray(weaker["after"])] if bool(weaker["survived"]) else []
            found = perturb(
                request.attack, request.method, self._explained.model, self._explained.picture(request.row),
                request.eps, request.target, known=known, progress=whole.part(place / (place + 1), 1).progress,
            )  # fmt: skip
            return attack_arrays(found)

        return self._step(request, work)

    def _exemplars(self, request: SaliencyRequest, progress: Progress) -> None:
        self._explained.require_pictures()
        from margin_core.tasks.saliency.fragility.perturbed_exemplars import perturb_exemplars

        def work() -> Arrays:
            probe = self._explained.influence_probe
            found = perturb_exemplars(self.study, probe, request.row, request.eps, request.attack, progress=progress)
            return exemplar_arrays(found)

        self._step(request, work)
