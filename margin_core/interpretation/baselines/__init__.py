"""Published rankings of suspect labels, one a file, beside the default."""

from margin_core.interpretation.baselines.at_random import at_random
from margin_core.interpretation.baselines.confident_learning import normalised_margin, self_confidence
from margin_core.interpretation.baselines.disagreement import disagreement
from margin_core.interpretation.baselines.loss import loss
from margin_core.interpretation.baselines.margin import margin, margin_signed
from margin_core.interpretation.baselines.neighbourhood_consensus import neighbourhood_consensus
from margin_core.interpretation.baselines.self_influence import self_influence
from margin_core.interpretation.baselines.trusted_refit import trusted_refit
from margin_core.interpretation.baselines.witnesses import Baseline, Witnesses

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

__all__ = ["BASELINES", "Baseline", "Witnesses"]
