"""One question per file; `TASKS` lists them all."""

from margin_core.tasks.base import Steps, Task
from margin_core.tasks.label_flips import LabelFlips, Reviewed

TASKS: tuple[type[Task], ...] = (LabelFlips,)

__all__ = ["TASKS", "LabelFlips", "Reviewed", "Steps", "Task"]
