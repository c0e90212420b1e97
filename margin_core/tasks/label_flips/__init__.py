"""Label flips: whose label its own neighbourhood contradicts."""

from margin_core.tasks.label_flips.task import LabelFlips, Reviewed

__all__ = ["LabelFlips", "Reviewed"]
