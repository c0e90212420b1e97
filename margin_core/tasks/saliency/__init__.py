"""Saliency: which parts of one sample the model's prediction rests on."""

from margin_core.tasks.saliency.task import Saliency

__all__ = ["Saliency"]
