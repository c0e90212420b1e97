"""Contextual outliers: samples whose value in a column differs from those of the samples around them."""

from margin_core.tasks.contextual_outliers.task import ContextualOutliers

__all__ = ["ContextualOutliers"]
