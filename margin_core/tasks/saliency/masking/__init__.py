"""Masking parts of a sample and asking the model again: one file for each fill, one for each kind of sample."""

from margin_core.tasks.saliency.masking.masked_predictions import MaskedPredictions
from margin_core.tasks.saliency.masking.masked_sample import MaskedSample
from margin_core.tasks.saliency.masking.masks import Masks, draw_union_masks, predict_under_masks, single_node_masks
from margin_core.tasks.saliency.masking.study_sample import FILLS, SampleParts, mask_sample, split_sample

__all__ = [
    "FILLS",
    "MaskedPredictions",
    "MaskedSample",
    "Masks",
    "SampleParts",
    "draw_union_masks",
    "mask_sample",
    "predict_under_masks",
    "single_node_masks",
    "split_sample",
]
