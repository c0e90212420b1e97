"""Adversarial statistics: how attacked samples differ from clean ones in the features of the model."""

from margin_core.tasks.adversarial.task import AdversarialStatistics

__all__ = ["AdversarialStatistics"]
