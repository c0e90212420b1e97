"""``margin tasks``."""

from __future__ import annotations

import argparse

from margin_core.cli.options import Arguments
from margin_core.tasks import TASKS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes: nothing."""


def run(asked: Arguments) -> int:
    """List every task with its parameters."""
    for task in TASKS:
        print(f"{task.name}: {task.question}\n  needs: {', '.join(sorted(task.needs))}")
        for name, (value, declared) in task().declared_parameters().items():
            print(f"  {name} = {value}  {declared.help} ({declared.span})")
    return 0
