"""Hiding parts of a sample and asking the model again: one file for each fill, one for each kind of sample."""

from margin_core.tasks.saliency.masking.masked_predictions import MaskedPredictions
from margin_core.tasks.saliency.masking.masked_sample import MaskedSample
from margin_core.tasks.saliency.masking.masks import Masks, ask, single_node_masks, unions
from margin_core.tasks.saliency.masking.study_sample import FILLS, Parts, cut, mask_sample

__all__ = [
    "FILLS",
    "MaskedPredictions",
    "MaskedSample",
    "Masks",
    "Parts",
    "ask",
    "cut",
    "mask_sample",
    "single_node_masks",
    "unions",
]
