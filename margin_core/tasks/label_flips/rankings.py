"""The default and every published ranking, by the names that screens and tables show."""

from __future__ import annotations

from margin_core.graph import Knn
from margin_core.tasks.label_flips.task import LabelFlips

RANKINGS: dict[str, LabelFlips] = {
    "label error score": LabelFlips(),
    "neighbor disagreement": LabelFlips(method="disagreement"),
    "self-confidence (cleanlab)": LabelFlips(method="self_confidence"),
    "normalized margin (cleanlab)": LabelFlips(method="normalised_margin"),
    "MARGIN as printed": LabelFlips.as_printed(),
    "MARGIN, sign kept": LabelFlips(method="margin_signed", graph=Knn(weights="binary")),
    "loss": LabelFlips(method="loss"),
    "trust-weighted refit": LabelFlips(method="trusted_refit"),
    "self-influence": LabelFlips(method="self_influence"),
    "neighborhood consensus": LabelFlips(method="neighbourhood_consensus"),
}
"""The default first, then those that are plotted, then the others."""
