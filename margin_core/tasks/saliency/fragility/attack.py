"""Attacks on a map: the model says the same as before, for other reasons."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import torch
from torch import Tensor

from margin_core.errors import ParameterError
from margin_core.storage.engine import Progress, Run, silent
from margin_core.study.models.torch_model import TorchModel
from margin_core.tasks.saliency.faithfulness import top
from margin_core.tasks.saliency.fragility.heatmap_change import change, top_k_size
from margin_core.tasks.saliency.fragility.perturbed_picture import (
    PerturbedPicture,
    resize_to_model,
    to_picture,
    to_tensor,
)
from margin_core.tasks.saliency.fragility.random_signs import DRAWS, random_signs
from margin_core.tasks.saliency.fragility.smooth_heatmap import SmoothHeatmap
from margin_core.tasks.saliency.methods import find_published_method
from margin_core.tasks.saliency.methods.black_box import Picture
from margin_core.tasks.saliency.methods.image_attribution import attribute, require_torch_model
from margin_core.values import Floats, Model

KINDS = ("random", "top_k", "centre")
"""Signs drawn by chance; against the most important pixels; against the centre of mass."""

EPS = (1, 2, 4, 8)
"""Those of the paper, on the scale 0 to 255."""

STEPS = 30
CHECKS = 10
"""How often on the way the picture is shown to the network itself."""

REACH = 3.0
"""A step is so many times as long as it takes to get from the middle of the box to its edge in all steps."""


@dataclass(frozen=True, eq=False)
class _Case:
    """One map under attack."""

    method: str
    model: Model
    view: Picture
    target: int
    said: int
    confidence: float
    heatmap: Floats
    k: int

    @classmethod
    def of(cls, method: str, model: Model, picture: Picture, target: int | None) -> _Case:
        view = resize_to_model(model, picture)
        answer = model.probabilities(view[None])[0]
        said = int(answer.argmax())
        target = said if target is None else target
        heatmap = attribute(method, model, view, target)
        return cls(method, model, view, target, said, float(answer[said]), heatmap, top_k_size(heatmap.size))

    def shown(self, kind: str, eps: int, after: Picture) -> PerturbedPicture | None:
        """Show a changed picture to the model itself; None when it says another class now."""
        answer = self.model.probabilities(after[None])[0]
        if int(answer.argmax()) != self.said:
            return None
        heatmap = attribute(self.method, self.model, after, self.target)
        return PerturbedPicture(
            kind=kind, method=self.method, eps=eps, target=self.target, before=self.view, after=after,
            map_before=self.heatmap, map_after=heatmap, confidence_before=self.confidence,
            confidence_after=float(answer[self.said]), change=change(self.heatmap, heatmap, self.k),
        )  # fmt: skip

    def is_within(self, eps: int, after: Picture) -> bool:
        """Say whether no value of a picture differs by more than eps."""
        return int(np.abs(after.astype(np.int32) - self.view).max()) <= eps

    def random(self, eps: int) -> PerturbedPicture | None:
        drawn = np.random.default_rng(0)
        for _ in range(DRAWS):
            if (found := self.shown("random", eps, random_signs(self.view, eps, drawn))) is not None:
                return found
        return None


def perturb(
    kind: str,
    method: str,
    model: Model,
    picture: Picture,
    eps: int,
    target: int | None = None,
    *,
    known: Sequence[Picture] = (),
    steps: int = STEPS,
    progress: Progress = silent,
) -> PerturbedPicture | None:
    """Change a picture within eps so that its map changes and the model's answer does not.

    ==========  ================================================================================================
    ``random``  every value goes up or down by eps, by chance: any method, any model
    ``top_k``   steps along the sign of the gradient that takes the map away from its most important pixels
    ``centre``  the same, moving the map's centre of mass
    ==========  ================================================================================================

    Gradients are those of a stand-in in which ReLU is a softplus, since second derivatives of ReLU are 0. The picture
    is shown to the network itself on the way, and of the pictures whose class it still says, the best is kept.

    Parameters
    ----------
    kind : str
    method : str
        Name of one of `margin_core.tasks.saliency.methods.METHODS`; attacks want one that looks inside.
    model : Model
    picture : uint8 array (h, w) or (h, w, 3)
    eps : int
        Largest change of a value, on the scale 0 to 255.
    target : int, optional
        Class of the map; default the one that the model says.
    known : sequence of uint8 arrays
        Changed pictures that an attack sets out from besides random signs, for instance what it found with less
        strength, so that it is never worse than any of them.
    steps : int
    progress : callable
        Told at each step; stops the work by raising.

    Returns
    -------
    PerturbedPicture or None
        None: the attack failed, since no changed picture kept the class.

    Raises
    ------
    ParameterError
        No such kind, or eps or steps out of range.
    ModelError
        The method cannot explain the model, or the attack cannot look into it.

    Notes
    -----
    Deterministic. Costs about ``8 steps`` passes, times six with SmoothGrad, Integrated Gradients and DeepLIFT.

    References
    ----------
    Ghorbani, Abid and Zou, Interpretation of neural networks is fragile, AAAI 2019, algorithm 1.
    """
    _check((kind,), (eps,), steps)
    inside = require_torch_model(find_published_method(method), model) if kind != "random" else None
    progress(0.0, _words(eps))
    case = _Case.of(method, model, picture, target)
    by_chance = case.random(eps)
    if inside is None:
        return by_chance
    within = [case.shown(kind, eps, after) for after in known if case.is_within(eps, after)]
    return _attacked(case, inside, kind, eps, [by_chance, *within], steps, progress)


def sweep(
    method: str,
    model: Model,
    picture: Picture,
    eps: Sequence[int] = EPS,
    kinds: Sequence[str] = KINDS,
    target: int | None = None,
    *,
    steps: int = STEPS,
    progress: Progress = silent,
) -> Mapping[tuple[str, int], PerturbedPicture | None]:
    """Perturb one picture in several ways and strengths; see `perturb`.

    An attack of some strength sets out from random signs and from what it found with less strength, so that it is
    never worse than either.

    Returns
    -------
    mapping of (kind, eps) to PerturbedPicture or None

    Raises
    ------
    ParameterError
        No such kind, or eps or steps out of range.
    ModelError
        The method cannot explain the model, or the attack cannot look into it.
    """
    _check(kinds, eps, steps)
    attacks = [kind for kind in KINDS if kind in kinds and kind != "random"]
    inside = require_torch_model(find_published_method(method), model) if attacks else None
    case = _Case.of(method, model, picture, target)
    found: dict[tuple[str, int], PerturbedPicture | None] = {}
    last: dict[str, PerturbedPicture | None] = dict.fromkeys(attacks)
    whole = Run(progress=progress)
    for place, strength in enumerate(sorted(eps)):
        part = whole.part(place / len(eps), (place + 1) / len(eps))
        part.report(0.0, _words(strength))
        by_chance = case.random(strength)
        if "random" in kinds:
            found["random", strength] = by_chance
        for number, kind in enumerate(attacks):
            assert inside is not None
            own = part.part(number / len(attacks), (number + 1) / len(attacks)).progress
            last[kind] = found[kind, strength] = _attacked(
                case, inside, kind, strength, [by_chance, last[kind]], steps, own
            )
    return MappingProxyType(found)


def _attacked(
    case: _Case,
    model: TorchModel,
    kind: str,
    eps: int,
    known: Sequence[PerturbedPicture | None],
    steps: int,
    progress: Progress,
) -> PerturbedPicture | None:
    """Follow the gradient of one aim within eps; give the best of what was known and what was met on the way."""
    kept = [replace(one, kind=kind, eps=eps) for one in known if one is not None]
    centre = to_tensor(case.view)
    low, high = (centre - eps).clamp(min=0), (centre + eps).clamp(max=255)
    mean, deviation = (torch.tensor(values).reshape(1, -1, 1, 1) for values in _scale(model))
    soft = SmoothHeatmap(case.method, model, case.target)
    aim = AIMS[kind](case)
    here, stride = to_tensor(_worst(kind, kept).after) if kept else centre, REACH * eps / steps
    with torch.inference_mode(False):
        for step in range(1, steps + 1):
            progress((step - 1) / steps, _words(eps))
            direction = soft.direction((here - mean) / deviation, aim)
            here = torch.clamp(here + stride * direction.sign(), low, high)
            if step % max(steps // CHECKS, 1) == 0 or step == steps:
                shown = case.shown(kind, eps, to_picture(here, case.view))
                if shown is not None:
                    kept.append(shown)
                else:  # too far: on from where the class was kept, in smaller steps
                    here, stride = to_tensor(_worst(kind, kept).after) if kept else centre, stride / 2
    return _worst(kind, kept) if kept else None


def _words(eps: int) -> str:
    return f"Changing the picture by at most {eps} of 255"


def _worst(kind: str, kept: list[PerturbedPicture]) -> PerturbedPicture:
    """Choose the change that serves an attack best."""
    if kind == "top_k":
        return min(kept, key=lambda one: one.change.top_k)
    return max(kept, key=lambda one: np.nan_to_num(one.change.shift))


def _top_k(case: _Case) -> Callable[[Tensor], Tensor]:
    chosen = torch.from_numpy(top(case.heatmap, case.k))
    return lambda heatmap: -heatmap[chosen].sum()


def _centre(case: _Case) -> Callable[[Tensor], Tensor]:
    height, width = case.heatmap.shape
    rows, columns = torch.arange(height)[:, None], torch.arange(width)[None]
    heatmap = torch.from_numpy(case.heatmap / max(float(case.heatmap.sum()), 1e-12))
    first = torch.stack([(heatmap * rows).sum(), (heatmap * columns).sum()])

    def shift(found: Tensor) -> Tensor:
        moved = torch.stack([(found * rows).sum(), (found * columns).sum()]) - first
        return moved.square().sum()

    return shift


AIMS: dict[str, Callable[[_Case], Callable[[Tensor], Tensor]]] = {"top_k": _top_k, "centre": _centre}


def _scale(model: TorchModel) -> tuple[tuple[float, ...], tuple[float, ...]]:
    return model.preparation.mean, model.preparation.deviation


def _check(kinds: Sequence[str], eps: Sequence[int], steps: int) -> None:
    for kind in kinds:
        if kind not in KINDS:
            raise ParameterError(f"A picture cannot be changed by '{kind}'. Choose one of: {', '.join(KINDS)}.")
    if not eps or not all(isinstance(one, int | np.integer) and 1 <= one <= 255 for one in eps):
        raise ParameterError(f"eps must be whole numbers between 1 and 255; got {tuple(eps)}.")
    if steps < 1:
        raise ParameterError(f"An attack needs at least 1 step; got {steps}.")
