"""Tasks of other packages, which declare them by an entry point."""

from __future__ import annotations

import warnings
from functools import cache

from margin_core.errors import MarginWarning
from margin_core.tasks.base import Task

GROUP = "margin.tasks"
"""The entry point group: a name and a class, ``depth = "mypackage.depth:Depth"``."""


@cache
def with_plugins(own: tuple[type[Task], ...]) -> tuple[type[Task], ...]:
    """Return tasks and those that installed packages add.

    Parameters
    ----------
    own : tuple of type
        `margin_core.tasks.TASKS`.

    Returns
    -------
    tuple of type
        Own ones first, then the others by name.

    Warns
    -----
    MarginWarning
        A package declares something that cannot be loaded, is no task, or has a name that is taken; it is left out.
    """
    from importlib.metadata import entry_points  # slow to import, and only commands that name tasks need it

    taken = {task.name: task for task in own}
    for point in sorted(entry_points(group=GROUP), key=lambda one: one.name):
        try:
            found = point.load()
        except Exception as error:  # Whatever the code of another package raises, these tasks go on.
            _leave_out(point.value, f"{type(error).__name__}: {error}")
            continue
        if not (isinstance(found, type) and issubclass(found, Task)):
            _leave_out(point.value, "it is no subclass of margin_core.tasks.Task")
        elif found.name in taken:
            _leave_out(point.value, f"there is a task '{found.name}' already")
        else:
            taken[found.name] = found
    return tuple(taken.values())


def _leave_out(value: str, reason: str) -> None:
    warnings.warn(f"The task '{value}' of another package is left out: {reason}.", MarginWarning, stacklevel=3)
