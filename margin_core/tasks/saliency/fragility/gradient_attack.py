"""Attacks on a heatmap that follow a gradient."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from margin_core.storage.engine import Progress
from margin_core.study.models.torch_model import TorchModel
from margin_core.tasks.saliency.faithfulness import select_top
from margin_core.tasks.saliency.fragility.attacked_heatmap import AttackedHeatmap
from margin_core.tasks.saliency.fragility.perturbed_picture import PerturbedPicture, to_picture, to_tensor
from margin_core.tasks.saliency.fragility.smooth_heatmap import SmoothHeatmap

CHECKS = 10
"""How often on the way the picture is evaluated by the network itself."""

RELATIVE_STEP = 3.0
"""A step is so many times as long as it takes to get from the middle of the box to its edge in all steps."""


def follow_gradient(
    attacked: AttackedHeatmap,
    model: TorchModel,
    kind: str,
    eps: int,
    starts: Sequence[PerturbedPicture | None],
    steps: int,
    progress: Progress,
) -> PerturbedPicture | None:
    """Search the pictures within eps for one that changes the heatmap, by signed steps along a smooth gradient.

    Parameters
    ----------
    attacked : AttackedHeatmap
    model : TorchModel
        The network behind the model.
    kind : str
        A key of `AIMS`.
    eps : int
        Largest change of a value, on the scale 0 to 255.
    starts : sequence of PerturbedPicture or None
        Changes that are known already; the search sets out from the best of them.
    steps : int
    progress : callable
        Receives each step; stops the work by raising.

    Returns
    -------
    PerturbedPicture or None
        The best of the starts and of the pictures on the way; None when none keeps the prediction.
    """
    accepted = [replace(one, kind=kind, eps=eps) for one in starts if one is not None]
    center = to_tensor(attacked.view)
    low, high = (center - eps).clamp(min=0), (center + eps).clamp(max=255)
    scale = model.preparation.mean, model.preparation.deviation
    mean, deviation = (torch.tensor(values).reshape(1, -1, 1, 1) for values in scale)
    smooth = SmoothHeatmap(attacked.method, model, attacked.target)
    aim = AIMS[kind](attacked)
    pixels, stride = to_tensor(_best(kind, accepted).after) if accepted else center, RELATIVE_STEP * eps / steps
    with torch.inference_mode(False):
        for step in range(1, steps + 1):
            progress((step - 1) / steps, progress_text(eps))
            direction = smooth.direction((pixels - mean) / deviation, aim)
            pixels = torch.clamp(pixels + stride * direction.sign(), low, high)
            if step % max(steps // CHECKS, 1) == 0 or step == steps:
                found = attacked.evaluate(kind, eps, to_picture(pixels, attacked.view))
                if found is not None:
                    accepted.append(found)
                else:  # too far: on from where the class was kept, in smaller steps
                    pixels, stride = to_tensor(_best(kind, accepted).after) if accepted else center, stride / 2
    return _best(kind, accepted) if accepted else None


def progress_text(eps: int) -> str:
    """Return what is reported while a picture is changed.

    Parameters
    ----------
    eps : int

    Returns
    -------
    str
    """
    return f"Changing the picture by at most {eps} of 255"


def _best(kind: str, accepted: list[PerturbedPicture]) -> PerturbedPicture:
    """Select the change that serves an attack best."""
    if kind == "top_k":
        return min(accepted, key=lambda one: one.change.top_k)
    return max(accepted, key=lambda one: np.nan_to_num(one.change.shift))


def _away_from_top_k(attacked: AttackedHeatmap) -> Callable[[Tensor], Tensor]:
    selected = torch.from_numpy(select_top(attacked.heatmap, attacked.k))
    return lambda heatmap: -heatmap[selected].sum()


def _away_from_center(attacked: AttackedHeatmap) -> Callable[[Tensor], Tensor]:
    height, width = attacked.heatmap.shape
    rows, columns = torch.arange(height)[:, None], torch.arange(width)[None]
    heatmap = torch.from_numpy(attacked.heatmap / max(float(attacked.heatmap.sum()), 1e-12))
    center = torch.stack([(heatmap * rows).sum(), (heatmap * columns).sum()])

    def squared_shift(found: Tensor) -> Tensor:
        moved = torch.stack([(found * rows).sum(), (found * columns).sum()]) - center
        return moved.square().sum()

    return squared_shift


AIMS: dict[str, Callable[[AttackedHeatmap], Callable[[Tensor], Tensor]]] = {
    "top_k": _away_from_top_k,
    "mass_center": _away_from_center,
}
"""From a heatmap under attack to what its attack maximizes: a number for a heatmap (h, w) of sum 1."""
