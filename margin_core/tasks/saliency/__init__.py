"""Saliency: which parts of one sample made the model say so."""

from margin_core.tasks.saliency.task import Saliency

__all__ = ["Saliency"]
