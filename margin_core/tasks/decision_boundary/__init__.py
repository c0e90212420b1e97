"""The decision boundary: which samples lie near a boundary between two classes, and which contradict their label."""

from margin_core.tasks.decision_boundary.task import DecisionBoundary

__all__ = ["DecisionBoundary"]
