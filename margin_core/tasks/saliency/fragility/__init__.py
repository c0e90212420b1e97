"""How fragile an explanation is: small changes of a picture that alter its heatmap and not the model's prediction.

`perturb` and `sweep` change one picture, `perturb_exemplars` compares the training samples that support a prediction,
`fragility` gives every sample of a study a number. A heatmap that is always the same is perfectly stable, so stability
alone ranks no method; and the network may be what is fragile, rather than the method. torch is imported when one of
them needs it.

References
----------
Ghorbani, Abid and Zou, Interpretation of neural networks is fragile, AAAI 2019.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from margin_core.tasks.saliency.fragility.fragility_column import (
    Fragility,
    fragility,
    recipe_for,
    with_fragility,
)
from margin_core.tasks.saliency.fragility.heatmap_change import (
    HeatmapChange,
    center_of_mass,
    center_shift,
    compare_heatmaps,
    top_k_size,
)

if TYPE_CHECKING:
    from margin_core.tasks.saliency.fragility.attack import EPS, KINDS, perturb, sweep
    from margin_core.tasks.saliency.fragility.influence_probe import InfluenceProbe, fit_influence_probe
    from margin_core.tasks.saliency.fragility.perturbed_exemplars import PerturbedExemplars, perturb_exemplars
    from margin_core.tasks.saliency.fragility.perturbed_picture import PerturbedPicture, resize_to_model

__all__ = [
    "EPS",
    "KINDS",
    "Fragility",
    "HeatmapChange",
    "InfluenceProbe",
    "PerturbedExemplars",
    "PerturbedPicture",
    "center_of_mass",
    "center_shift",
    "compare_heatmaps",
    "fit_influence_probe",
    "fragility",
    "perturb",
    "perturb_exemplars",
    "recipe_for",
    "resize_to_model",
    "sweep",
    "top_k_size",
    "with_fragility",
]

_LAZY = {
    "EPS": "attack", "KINDS": "attack", "perturb": "attack", "sweep": "attack",
    "PerturbedExemplars": "perturbed_exemplars", "perturb_exemplars": "perturbed_exemplars",
    "InfluenceProbe": "influence_probe", "fit_influence_probe": "influence_probe",
    "PerturbedPicture": "perturbed_picture", "resize_to_model": "perturbed_picture",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
