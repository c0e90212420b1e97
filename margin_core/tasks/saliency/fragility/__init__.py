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

from typing import TYPE_CHECKING

from margin_core.lazy_names import lazy_names
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
from margin_core.tasks.saliency.fragility.kinds import ATTACK_KINDS, EPS

if TYPE_CHECKING:
    from margin_core.tasks.saliency.fragility.attack import perturb, sweep
    from margin_core.tasks.saliency.fragility.influence_probe import InfluenceProbe, fit_influence_probe
    from margin_core.tasks.saliency.fragility.perturbed_exemplars import PerturbedExemplars, perturb_exemplars
    from margin_core.tasks.saliency.fragility.perturbed_picture import PerturbedPicture, resize_to_model

__all__ = [
    "ATTACK_KINDS",
    "EPS",
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

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "attack": ("perturb", "sweep"),
        "influence_probe": ("InfluenceProbe", "fit_influence_probe"),
        "perturbed_exemplars": ("PerturbedExemplars", "perturb_exemplars"),
        "perturbed_picture": ("PerturbedPicture", "resize_to_model"),
    },
)
