"""Label flips: whose label its own neighborhood contradicts."""

from margin_core.tasks.label_flips.reviewed import Reviewed
from margin_core.tasks.label_flips.task import LabelFlips

__all__ = ["LabelFlips", "Reviewed"]
