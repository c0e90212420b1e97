"""The command line: everything that needs no browser, and the command that opens one.

One file for each command, imported only when it is called: `add_arguments` says what it takes, `run` does it.

Exit codes: 0 fine; 1 the audit found more than ``--fail-on`` allows; 2 bad usage or bad input, told in one
sentence on standard error; 130 interrupted.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from margin_core import __version__
from margin_core.errors import MarginError, SourceError

BAD_INPUT = 2

COMMANDS = {
    "open": "start the dashboard on a study (the bundled digits if none is named)",
    "prepare": "compute everything that the dashboard shows, in advance",
    "audit": "rank without a browser; write tables and a summary",
    "tasks": "what can be asked, with each parameter and its meaning",
    "review": "the decisions so far as a table; take in decisions made elsewhere",
    "trust": "how many labels are wrong, and how well the queue finds mistakes",
    "refit": "fit the models behind the ranking again, to the labels as corrected so far",
    "bought": "what the corrections so far bought: accuracy of a linear model",
    "surrogate": "train the invertible classifier behind the page 'Across the boundary'; say how good it is",
    "slice": "what the model says on the plane through three samples, for the page 'Decision boundary'",
    "saliency": "what the model looked at in single samples: maps and their numbers",
    "export": "the corrected data set, or only the changes",
    "workspaces": "what is kept beside your data sets; remove what is no longer used",
}
"""What each command is for; its file has its name."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    asked = _parser(given[0] if given else "").parse_args(given)
    try:
        _check_text(given)
        return int(asked.command(asked))
    except MarginError as error:
        print(f"margin: {error}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print("margin: stopped. What was finished is kept.", file=sys.stderr)
        return 130


def _parser(called: str) -> argparse.ArgumentParser:
    """List all commands, and read the arguments of the one that is called."""
    parser = argparse.ArgumentParser(prog="margin", description="Audit labelled data and the model trained on it.")
    parser.add_argument("--version", action="version", version=f"margin {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, purpose in COMMANDS.items():
        command = commands.add_parser(name, help=purpose)
        if name == called:
            module = import_module(f"margin_core.cli.{name}")
            module.add_arguments(command)
            command.set_defaults(command=module.run)
    return parser


def _check_text(given: Sequence[str]) -> None:
    """Refuse what no table, database or page could name again: a path in bytes that are not UTF-8."""
    for argument in given:
        try:
            argument.encode()
        except UnicodeEncodeError:
            raise SourceError(f"{argument!a} is not Unicode text. Rename the file or folder.") from None
