"""One question per file; `TASKS` lists them all."""

from margin_core.tasks.base import Steps, Task
from margin_core.tasks.label_flips import LabelFlips, Reviewed
from margin_core.tasks.prototypes import Prototypes

TASKS: tuple[type[Task], ...] = (LabelFlips, Prototypes)

__all__ = ["TASKS", "LabelFlips", "Prototypes", "Reviewed", "Steps", "Task"]
