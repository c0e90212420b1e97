"""``margin tasks``."""

from __future__ import annotations

import argparse

from margin_core.cli.options import Arguments
from margin_core.tasks import TASKS
from margin_core.tasks.plugins import with_plugins


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command: none.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        Of the command.
    """


def run(arguments: Arguments) -> int:
    """List every task with its parameters.

    Parameters
    ----------
    arguments : argparse.Namespace

    Returns
    -------
    int
        The exit code.
    """
    for task in with_plugins(TASKS):
        print(f"{task.name}: {task.question}\n  needs: {', '.join(sorted(task.needs))}")
        for name, (value, declared) in task().declared_parameters().items():
            print(f"  {name} = {value}  {declared.help} ({declared.span})")
    return 0
