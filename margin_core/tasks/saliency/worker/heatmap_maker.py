"""Carries orders out, one after another, and leaves what it finds in the study's workspace.

torch and Captum take seconds to import: a table never waits for them, and MARGIN's own map of a picture not for Captum.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from margin_core.errors import ModelError, NotComputed, ParameterError, SourceError
from margin_core.protocol import explain
from margin_core.storage.engine import Arrays, Progress, Run
from margin_core.tasks.saliency.faithfulness import deletion, gini, insertion, road
from margin_core.tasks.saliency.faithfulness.part_curves import compute_part_curves
from margin_core.tasks.saliency.fragility.heatmap_change import Change, change
from margin_core.tasks.saliency.fragility.random_signs import random_signs
from margin_core.tasks.saliency.masking import cut, mask_sample, single_node_masks
from margin_core.tasks.saliency.methods.available import MARGIN, find_method, sample_kind
from margin_core.tasks.saliency.methods.black_box import Picture, is_black_box, resolve_model
from margin_core.tasks.saliency.task import Saliency
from margin_core.tasks.saliency.worker.recent_steps import RecentSteps
from margin_core.tasks.saliency.worker.request import EPS, METRICS_EPS, PREDICTED, SaliencyRequest, step_key
from margin_core.values import Doubles, Explanation, Floats, Study

if TYPE_CHECKING:
    from margin_core.tasks.saliency.fragility.influence_probe import InfluenceProbe

AT_ONCE = 32
"""Partly hidden samples in memory at a time."""

LARGEST = 512
"""Height and width of a map that is kept, at most."""

DRAWS = 5
"""Random signs are drawn again so often when the model's answer does not survive them."""

NO_CLASS = ("look", "parts", "examples")
"""Orders that are about no class in particular."""

UNKNOWN = Change(float("nan"), float("nan"), float("nan"))
"""What is said of a map that no change of the picture could be tried on."""


@dataclass(frozen=True, eq=False)
class HeatmapMaker:
    """Makes maps and their numbers for one study.

    Attributes
    ----------
    study : Study
        With inputs and a model.
    run : Run
        Its engine keeps what is found.
    """

    study: Study
    run: Run
    _lately: RecentSteps = field(default_factory=RecentSteps, repr=False)

    def compute(self, order: SaliencyRequest, progress: Progress, on_draft: Callable[[], None] = lambda: None) -> int:
        """Answer an order, unless it is answered already, and all that it builds upon.

        Parameters
        ----------
        order : SaliencyRequest
        progress : callable
            Stops the work by raising.
        on_draft : callable
            Called when a first version of a map is there; a better one follows.

        Returns
        -------
        int
            The class that it was about.

        Raises
        ------
        MarginError
            It cannot be answered; the message says why.
        """
        order.check(self.study)
        order = replace(order, target=self._target(order))
        match order.kind:
            case "look":
                pass
            case "map" | "draft":
                self._map(order, progress, on_draft)
            case "numbers":
                self._numbers(order, progress, on_draft)
            case "parts":
                self._parts(order, progress)
            case "examples":
                self._examples(order, progress)
            case _:
                self._attack(order, progress)
        return order.target

    def answer(self, order: SaliencyRequest) -> Arrays:
        """Return what was found for an order whose target is a class.

        Raises
        ------
        NotComputed
            It was not carried out.
        """

        def work() -> Arrays:
            raise NotComputed(f"Nobody has ordered {order} yet.")

        return self._step(order, work)

    # -- what the model says ---------------------------------------------------------------------

    def _look(self, row: int) -> Doubles:
        def work() -> Arrays:
            sample = self._sample(row)
            if self._sort != "picture":
                hidden = mask_sample(self.study, row, "mean")
                return {"probabilities": hidden.probabilities(np.ones((1, *hidden.places), dtype=bool))[0]}
            return {"probabilities": np.asarray(self._asked.probabilities(sample[None])[0], dtype=np.float64)}

        return self._step(SaliencyRequest("look", row), work)["probabilities"]

    def _target(self, order: SaliencyRequest) -> int:
        said = self._look(order.row)
        if order.target >= len(said):
            raise ParameterError(f"Class {order.target} does not exist: the model has {len(said):,} classes.")
        return int(said.argmax()) if order.target == PREDICTED and order.kind not in NO_CLASS else order.target

    # -- maps ------------------------------------------------------------------------------------

    def _map(self, order: SaliencyRequest, progress: Progress, on_draft: Callable[[], None]) -> Floats:
        order = SaliencyRequest("map", order.row, order.method, order.target)

        def work() -> Arrays:
            if order.method != MARGIN.name:
                return {"heatmap": self._kept(self._by_peer(order, self._sample(order.row), progress))}
            return self._told(self._by_margin(order, progress, on_draft))

        return np.asarray(self._step(order, work)["heatmap"], dtype=np.float32)

    def _by_peer(self, order: SaliencyRequest, picture: Picture, progress: Progress) -> Floats:
        if self._sort != "picture":
            raise ModelError(
                f"{find_method(order.method).title} is made for pictures. Use MARGIN, which takes any sample."
            )
        from margin_core.tasks.saliency.methods.image_attribution import attribute

        asked = self._model if find_method(order.method).looks_inside else self._asked
        return attribute(order.method, asked, picture, order.target, progress)

    def _by_margin(self, order: SaliencyRequest, progress: Progress, on_draft: Callable[[], None]) -> Explanation:
        *drafts, last = self._recipe(self.study, order).refinements()
        if drafts and not self._is_there(replace(order, kind="draft")):
            found = explain(drafts[0], self.study, engine=self._lately, progress=progress)
            self._step(replace(order, kind="draft"), lambda: self._told(found))
            on_draft()
        return explain(last, self.study, engine=self._lately, progress=progress)

    def _told(self, found: Explanation) -> Arrays:
        """Take what is kept of a map: of words and columns also the largest effect, by which two classes compare."""
        kept: dict[str, np.ndarray] = {"heatmap": self._kept(found.heatmap)}
        if self._sort != "picture":
            kept["most"] = np.maximum(found.findings.maps["saliency"].max(), 0)
        return kept

    def _recipe(self, study: Study, order: SaliencyRequest, row: int | None = None) -> Saliency:
        names = tuple(getattr(self._model, "class_names", ())) or study.class_names
        # A number could be taken for the name of another class.
        known = len(names) == len(self._look(order.row)) and len(set(names)) == len(names)
        target = names[order.target] if known else order.target
        return Saliency(sample=str(study.ids[order.row if row is None else row]), target=target)

    def _kept(self, heatmap: Floats) -> NDArray[np.float16]:
        """Bring a map down to the size in which it is kept."""
        if heatmap.ndim == 2 and max(heatmap.shape) > LARGEST:
            scale = LARGEST / max(heatmap.shape)
            size = max(round(heatmap.shape[1] * scale), 1), max(round(heatmap.shape[0] * scale), 1)
            heatmap = np.asarray(Image.fromarray(heatmap).resize(size, Image.Resampling.BILINEAR))
        return heatmap.astype(np.float16)

    # -- numbers ---------------------------------------------------------------------------------

    def _numbers(self, order: SaliencyRequest, progress: Progress, on_draft: Callable[[], None]) -> None:
        whole = Run(progress=progress)
        heatmap = self._map(order, whole.part(0.0, 0.4).progress, on_draft)

        def work() -> Arrays:
            sample = self._sample(order.row)
            whole.report(0.4, "Taking the most important parts away")
            if self._sort != "picture":
                gone, come = compute_part_curves(mask_sample(self.study, order.row, "mean"), heatmap, order.target)
                return _numbers_told(gone, come, float("nan"), gini(heatmap), UNKNOWN)
            full = _enlarged(heatmap, sample.shape[:2])
            gone = deletion(self._asked, sample, full, order.target)
            come = insertion(self._asked, sample, full, order.target)
            whole.report(0.5, "Filling in what was taken away")
            replaced = road(self._asked, sample, full, order.target)
            moved = self._by_random_signs(order, METRICS_EPS, whole.part(0.6, 1.0).progress)
            return _numbers_told(gone, come, replaced, gini(full), UNKNOWN if moved is None else moved.change)

        self._step(order, work)

    def _by_random_signs(self, order: SaliencyRequest, eps: int, progress: Progress) -> Moved | None:
        """Move every value by eps, up or down by chance, and map again; None when the answer does not survive that."""
        from margin_core.tasks.saliency.fragility.perturbed_picture import resize_to_model

        sample = self._sample(order.row)
        before = resize_to_model(self._model, sample)
        said = int(self._asked.probabilities(before[None])[0].argmax())
        is_same = np.array_equal(before, sample)
        first = self._map(order, progress, lambda: None) if is_same else self._map_of(order, before, progress)
        drawn = np.random.default_rng(0)
        for _ in range(DRAWS):
            after = random_signs(before, eps, drawn)
            if int(self._asked.probabilities(after[None])[0].argmax()) == said:
                again = self._map_of(order, after, progress)
                return Moved(before, after, first, again, change(first, again))
        return None

    def _map_of(self, order: SaliencyRequest, picture: Picture, progress: Progress) -> Floats:
        """Make the map of a picture that is no sample of the study."""
        if order.method != MARGIN.name:
            return self._by_peer(order, picture, progress)
        alone = Study.build(inputs=picture[None], model=self.study.model, class_names=self.study.class_names)
        return explain(self._recipe(alone, order, 0), alone, progress=progress).heatmap

    # -- parts -----------------------------------------------------------------------------------

    def _parts(self, order: SaliencyRequest, progress: Progress) -> None:
        """Hide each part of the coarsest division alone: how far every class falls without it."""

        def work() -> Arrays:
            progress(0.0, "Hiding one part after another")
            whole = self._look(order.row)
            parts = cut(self.study, order.row)
            layout = parts.layout[:1]
            masks = single_node_masks(layout)
            hidden = mask_sample(self.study, order.row, "mean")
            answers = []
            for start in range(0, len(masks), AT_ONCE):
                progress(start / len(masks), "Hiding one part after another")
                answers.append(hidden.probabilities(masks[start : start + AT_ONCE]))
            drops = whole - np.concatenate(answers)
            return {"layout": layout[0].astype(np.uint16), "drops": drops.astype(np.float32)}

        self._step(replace(order, target=PREDICTED), work)

    # -- attacks ---------------------------------------------------------------------------------

    def _attack(self, order: SaliencyRequest, progress: Progress) -> Arrays:
        if self._sort != "picture":
            raise ModelError("Only pictures can be changed so little that nobody sees it.")

        def work() -> Arrays:
            if order.attack == "random":
                return _attack_told(self._by_random_signs(order, order.eps, progress))
            from margin_core.tasks.saliency.fragility.attack import perturb

            place, whole = EPS.index(order.eps), Run(progress=progress)
            known = []
            if place:  # An attack goes on from what it found with less strength, so that more is never worse.
                weaker = self._attack(replace(order, eps=EPS[place - 1]), whole.part(0, place / (place + 1)).progress)
                known = [np.asarray(weaker["after"])] if bool(weaker["survived"]) else []
            found = perturb(
                order.attack, order.method, self._model, self._sample(order.row), order.eps, order.target,
                known=known, progress=whole.part(place / (place + 1), 1).progress,
            )  # fmt: skip
            moved = None
            if found is not None:
                moved = Moved(found.before, found.after, found.map_before, found.map_after, found.change)
            return _attack_told(moved)

        return self._step(order, work)

    # -- the samples that hold an answer up --------------------------------------------------------

    def _examples(self, order: SaliencyRequest, progress: Progress) -> None:
        if self._sort != "picture":
            raise ModelError("Only pictures can be changed so little that nobody sees it.")
        from margin_core.tasks.saliency.fragility.perturbed_exemplars import perturb_exemplars

        def work() -> Arrays:
            found = perturb_exemplars(self.study, self._head, order.row, order.eps, order.attack, progress=progress)
            if found is None:
                return {"survived": np.array(False)}
            return {
                "survived": np.array(True),
                "says": np.array(found.says),
                "before": found.rows_before,
                "after": found.rows_after,
            }

        self._step(order, work)

    @cached_property
    def _head(self) -> InfluenceProbe:
        from margin_core.tasks.saliency.fragility.influence_probe import fit_influence_probe

        return fit_influence_probe(self.study)

    # -- the study -------------------------------------------------------------------------------

    @cached_property
    def _sort(self) -> str:
        return sample_kind(self.study)

    @cached_property
    def _model(self) -> Any:
        return resolve_model(self.study.model)

    @cached_property
    def _asked(self) -> Any:
        if is_black_box(self._model):
            return self._model
        from margin_core.tasks.saliency.worker.fast_model import FastModel

        return FastModel(self._model)

    def _sample(self, row: int) -> NDArray[Any]:
        sample = np.asarray(self.study.inputs[row])
        if self._sort == "picture" and (sample.dtype != np.uint8 or sample.ndim not in (2, 3)):
            raise SourceError(
                f"Sample '{self.study.ids[row]}' is {sample.dtype} of shape {sample.shape}. Maps are made of pictures "
                "of bytes, (h, w) or (h, w, 3)."
            )
        return sample

    def _step(self, order: SaliencyRequest, work: Callable[[], Arrays]) -> Arrays:
        name, key = step_key(self.study, order)
        return self.run.step(name, key, work)

    def _is_there(self, order: SaliencyRequest) -> bool:
        remembers = getattr(self.run.engine, "remembers", None)
        return remembers is not None and bool(remembers(*step_key(self.study, order)))


@dataclass(frozen=True, eq=False)
class Moved:
    """A picture before and after a change, and its maps."""

    before: Picture
    after: Picture
    map_before: Floats
    map_after: Floats
    change: Change


def _attack_told(moved: Moved | None) -> Arrays:
    if moved is None:
        return {"survived": np.array(False)}
    return {
        "survived": np.array(True),
        "before": moved.before,
        "after": moved.after,
        "map_before": moved.map_before.astype(np.float16),
        "map_after": moved.map_after.astype(np.float16),
        "change": np.array([moved.change.top_k, moved.change.correlation, moved.change.shift]),
    }


def _numbers_told(gone: Any, come: Any, replaced: float, sparse: float, moved: Change) -> Arrays:
    return {
        "shares": gone.shares,
        "deletion": gone.probabilities,
        "insertion": come.probabilities,
        "numbers": np.array([gone.auc, come.auc, replaced, sparse, moved.top_k, moved.correlation, moved.shift]),
    }


def _enlarged(heatmap: Floats, size: tuple[int, ...]) -> Floats:
    """Bring a kept map back to the size of its picture."""
    if heatmap.shape == size:
        return heatmap
    return np.asarray(Image.fromarray(heatmap).resize((size[1], size[0]), Image.Resampling.BILINEAR))
