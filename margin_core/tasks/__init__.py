"""One question per file; `TASKS` lists them all."""

from margin_core.tasks.base import Steps, Task
from margin_core.tasks.contextual_outliers import ContextualOutliers
from margin_core.tasks.decision_boundary import DecisionBoundary
from margin_core.tasks.label_flips import LabelFlips, Reviewed
from margin_core.tasks.prototypes import Prototypes
from margin_core.tasks.saliency import Saliency

TASKS: tuple[type[Task], ...] = (LabelFlips, Prototypes, DecisionBoundary, Saliency, ContextualOutliers)

__all__ = [
    "TASKS",
    "ContextualOutliers",
    "DecisionBoundary",
    "LabelFlips",
    "Prototypes",
    "Reviewed",
    "Saliency",
    "Steps",
    "Task",
]
