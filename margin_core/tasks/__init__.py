"""Tasks, one folder each; `TASKS` lists them all."""

from margin_core.tasks.active_sampling.task import ActiveSampling
from margin_core.tasks.adversarial import AdversarialStatistics
from margin_core.tasks.base import Task
from margin_core.tasks.contextual_outliers.task import ContextualOutliers
from margin_core.tasks.decision_boundary.task import DecisionBoundary
from margin_core.tasks.drift.task import Drift
from margin_core.tasks.label_flips import LabelFlips, Reviewed
from margin_core.tasks.prototypes.task import Prototypes
from margin_core.tasks.saliency.task import Saliency
from margin_core.tasks.variable_importance.task import VariableImportance
from margin_core.values import Steps

TASKS: tuple[type[Task], ...] = (
    LabelFlips,
    Prototypes,
    DecisionBoundary,
    Saliency,
    ContextualOutliers,
    VariableImportance,
    ActiveSampling,
    AdversarialStatistics,
    Drift,
)

__all__ = [
    "TASKS",
    "ActiveSampling",
    "AdversarialStatistics",
    "ContextualOutliers",
    "DecisionBoundary",
    "Drift",
    "LabelFlips",
    "Prototypes",
    "Reviewed",
    "Saliency",
    "Steps",
    "Task",
    "VariableImportance",
]
