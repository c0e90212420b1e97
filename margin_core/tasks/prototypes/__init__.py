"""Prototypes and criticisms: which samples stand for their class, and which it does not explain."""

from margin_core.tasks.prototypes.task import Prototypes

__all__ = ["Prototypes"]
