"""The decision boundary: where a model is torn between two classes, and where it contradicts the labels."""

from margin_core.tasks.decision_boundary.task import DecisionBoundary

__all__ = ["DecisionBoundary"]
