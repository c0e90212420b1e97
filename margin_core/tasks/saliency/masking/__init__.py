"""Hiding parts of a sample and asking the model again: one file for each fill, one for each kind of sample."""

from margin_core.tasks.saliency.masking.masked_predictions import Asked
from margin_core.tasks.saliency.masking.masked_sample import PartlyHidden
from margin_core.tasks.saliency.masking.masks import Masks, ask, one_at_a_time, unions
from margin_core.tasks.saliency.masking.study_sample import FILLS, Parts, cut, partly_hidden

__all__ = ["FILLS", "Asked", "Masks", "PartlyHidden", "Parts", "ask", "cut", "one_at_a_time", "partly_hidden", "unions"]
