"""The one place where a study that brings a graph has it used, by every task of command line and dashboard.

In scripts a recipe stays what it says: ``LabelFlips(graph=GivenGraph())``.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields, replace
from typing import Any, TypeVar

from margin_core.graph import GivenGraph
from margin_core.tasks import Task
from margin_core.values import Need, Study

AnyTask = TypeVar("AnyTask", bound=Task)


def on_study_graph(task: AnyTask, study: Study, chosen: Collection[str] = ()) -> AnyTask:
    """Return a task whose neighbors are those of the graph that the study brings.

    Parameters
    ----------
    task : Task
    study : Study
    chosen : collection of str
        Parameters that the user has set, which stay, be it to their default: ``graph.k``, ``splits``.

    Returns
    -------
    Task
        The same where the study has no graph, where another graph is chosen, or where the nodes of the task are no
        samples. Held-out samples and those learned from vote on each other, since edges join them, unless ``splits`` is
        chosen.
    """
    if not study.has(Need.GRAPH) or not task.takes_given_graph:
        return task
    default = {field.name: field.default for field in fields(task)}
    if task.graph != default["graph"] or any(name.startswith("graph.") for name in chosen):
        return task
    changes: dict[str, Any] = {"graph": GivenGraph()}
    if "splits" in default and "splits" not in chosen:
        changes["splits"] = "together"
    return replace(task, **changes)
