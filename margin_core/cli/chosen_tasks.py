"""The tasks that a command runs: their option, and the choice that it makes."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from margin_core.audit.study_graph import on_study_graph
from margin_core.cli.options import Arguments, add_parameters, set_parameters
from margin_core.study.workspace_source import has_recorded_reference
from margin_core.tasks import TASKS, Drift, LabelFlips, Task
from margin_core.tasks.plugins import with_plugins
from margin_core.values import Study


def add_tasks(parser: argparse.ArgumentParser, help: str) -> None:
    """Add ``--task``, and ``--set`` for the parameters.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        Of the command.
    help : str
        What is done with a task that is named.
    """
    parser.add_argument(
        "--task", action="append", default=[], choices=[task.name for task in with_plugins(TASKS)], help=help
    )
    add_parameters(parser)


def on_graph_of(study: Study, tasks: Sequence[Task], arguments: Arguments) -> list[Task]:
    """Return tasks on the graph that the study brings, unless ``--set graph.k=...`` or the like asks for the nearest.

    Parameters
    ----------
    study : Study
    tasks : sequence of Task
        From `chosen_tasks`.
    arguments : argparse.Namespace

    Returns
    -------
    list of Task
    """
    chosen = [setting.partition("=")[0] for setting in arguments.set]
    return [on_study_graph(task, study, chosen) for task in tasks]


def chosen_tasks(arguments: Arguments, default: Sequence[str] = ()) -> list[Task]:
    """Return the tasks that were named, with their parameters, in the order in which they are listed.

    Parameters
    ----------
    arguments : argparse.Namespace
        With those of `add_tasks`.
    default : sequence of str
        Names of the tasks where none was named.

    Returns
    -------
    list of Task

    Raises
    ------
    ParameterError
        A parameter that none of them has, or a value that does not fit.
    """
    names = arguments.task or default
    return set_parameters([task() for task in with_plugins(TASKS) if task.name in names], arguments.set)


def usual_tasks(arguments: Arguments) -> list[str]:
    """Return the names of the tasks that are run where none is named.

    Parameters
    ----------
    arguments : argparse.Namespace
        With those of `add_source`.

    Returns
    -------
    list of str
        The ranking of labels; with a reference, be it one that the workspace records, also what is new.
    """
    is_compared = arguments.against is not None or has_recorded_reference(arguments.source)
    return [LabelFlips.name, Drift.name] if is_compared else [LabelFlips.name]
