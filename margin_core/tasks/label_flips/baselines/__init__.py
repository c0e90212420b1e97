"""Published label error scores, one a file, beside the default."""

from margin_core.tasks.label_flips.baselines.at_random import at_random
from margin_core.tasks.label_flips.baselines.confident_learning import normalised_margin, self_confidence
from margin_core.tasks.label_flips.baselines.disagreement import disagreement
from margin_core.tasks.label_flips.baselines.inputs import Baseline, BaselineInputs
from margin_core.tasks.label_flips.baselines.loss import loss
from margin_core.tasks.label_flips.baselines.margin import margin, margin_signed
from margin_core.tasks.label_flips.baselines.neighbourhood_consensus import neighbourhood_consensus
from margin_core.tasks.label_flips.baselines.self_influence import self_influence
from margin_core.tasks.label_flips.baselines.trusted_refit import trusted_refit

BASELINES: dict[str, Baseline] = {
    "disagreement": disagreement,
    "margin": margin,
    "margin_signed": margin_signed,
    "loss": loss,
    "self_confidence": self_confidence,
    "normalised_margin": normalised_margin,
    "self_influence": self_influence,
    "neighbourhood_consensus": neighbourhood_consensus,
    "trusted_refit": trusted_refit,
    "random": at_random,
}
"""Every method of `LabelFlips` but the default, by name."""

__all__ = ["BASELINES", "Baseline", "BaselineInputs"]
