"""New samples against a reference: what is new, whether the two differ, and in which classes."""

from margin_core.tasks.drift.task import Drift

__all__ = ["Drift"]
