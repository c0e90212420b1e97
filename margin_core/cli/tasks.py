"""``margin tasks``."""

from __future__ import annotations

import argparse

from margin_core.cli.options import Arguments
from margin_core.cli.result import Result
from margin_core.tasks import TASKS
from margin_core.tasks.plugins import with_plugins

KEYS = {
    "tasks": "a list: name, question, needs (parts that a study must have) and parameters of each; of a parameter its "
    "name, default, help, low and high (null where unbounded) and choices (empty where any text is taken)",
}
"""What the JSON holds."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command: none.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        Of the command.
    """


def run(arguments: Arguments) -> Result:
    """List every task with its parameters.

    Parameters
    ----------
    arguments : argparse.Namespace

    Returns
    -------
    Result
    """
    listed, lines = [], []
    for task in with_plugins(TASKS):
        parameters = task().declared_parameters()
        listed.append(
            {
                "name": task.name,
                "question": task.question,
                "needs": sorted(task.needs),
                "parameters": [
                    {
                        "name": name,
                        "default": value,
                        "help": declared.help,
                        "low": declared.low,
                        "high": declared.high,
                        "choices": declared.choices,
                    }
                    for name, (value, declared) in parameters.items()
                ],
            }
        )
        lines += [f"{task.name}: {task.question}", f"  needs: {', '.join(sorted(task.needs))}"]
        lines += [
            f"  {name} = {value}  {declared.help} ({declared.span})" for name, (value, declared) in parameters.items()
        ]
    return Result(values={"tasks": listed}, lines=lines)
