# PYTHON_ARGCOMPLETE_OK
"""The command line: everything that needs no browser, and the commands of other packages, such as ``margin open``.

One module for each command, imported only when it is called: `add_arguments` declares its options, `run` returns its
`Result`, ``KEYS`` says what its JSON holds. Another package adds a command by an entry point in the group
``margin.commands``: a module with these two functions and a constant ``PURPOSE``, one line for the list of commands
(docs/decisions/0016); its `run` may print by itself and return an exit code.

Exit codes: 0 fine; 1 the audit found more than ``--fail-on`` allows; 2 bad usage or bad input, with one
sentence on standard error; 70 an internal error, a mistake in MARGIN; 130 interrupted; 141 whoever read the output
(such as ``head``) has closed it.
"""

from __future__ import annotations

import argparse
import os
import sys
import traceback
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from difflib import get_close_matches
from functools import partial
from importlib import import_module
from typing import Any

from margin_core import __version__
from margin_core.cli.messages import print_message
from margin_core.errors import BAD_INPUT, MarginError, MarginWarning, SourceError

INTERNAL_ERROR = 70
INTERRUPTED = 130
CLOSED_PIPE = 141

EXIT_CODES = (
    "exit codes: 0 fine; 1 the audit found more than --fail-on allows; 2 bad usage or bad input; 70 internal error; "
    "130 interrupted; 141 the reader of the output has closed it"
)

COMMANDS = {
    "prepare": "compute everything that the dashboard shows, in advance",
    "audit": "rank without a browser; write tables and a summary",
    "report": "write what an audit found as one HTML file, to be read, printed or sent",
    "tasks": "list the tasks, with each parameter and its meaning",
    "review": "list the decisions so far; import decisions made elsewhere",
    "estimate": "estimate how many labels are wrong, and test the queue on planted label errors",
    "refit": "fit the models behind the ranking again, to the labels as corrected so far",
    "impact": "measure the impact of the corrections so far on the accuracy of a linear model",
    "simulate": "simulate how accurate each strategy of what to label next makes a classifier; labels must be known",
    "adversarial": "attack the model, and measure how attacked samples differ from clean ones",
    "surrogate": "train the invertible surrogate classifier behind the page Counterfactuals; print its accuracy",
    "slice": "predict on the plane through three samples, for the page Decision boundary",
    "saliency": "compute heatmaps of single samples, with their faithfulness and fragility",
    "export": "write the corrected data set, or only the changes",
    "workspaces": "list what is stored beside your data sets; remove what is no longer used",
}
"""The purpose of each command of the core; its module has its name."""

RENAMED = {"trust": "estimate", "bought": "impact"}
"""Former names of commands, which still work."""

DISTRIBUTION = "margin-dashboard"
"""What is installed when the core is; it declares commands too."""

PLUGINS = "margin.commands"
"""The entry point group in which other packages declare commands."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    arguments : sequence of str, optional
        What follows ``margin``; default: the arguments of this process.

    Returns
    -------
    int
        The exit code.
    """
    if "_ARGCOMPLETE" in os.environ and arguments is None:
        _complete()
    # Read by OpenMP when a library that uses it is loaded. By default its threads spin for milliseconds while they
    # wait for each other, which on cores that others use too makes a network 20 times as slow (docs/decisions/0027).
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given and given[0] in RENAMED:
        print_message(f"margin: '{given[0]}' is now called '{RENAMED[given[0]]}'; the old name still works.")
        given[0] = RENAMED[given[0]]
    with warnings.catch_warnings():
        warnings.simplefilter("always", MarginWarning)
        warnings.showwarning = partial(_show_warning, warnings.showwarning)
        try:
            code = _run(given)
        except BrokenPipeError:
            code = CLOSED_PIPE
        try:
            if sys.stdout is not None:
                sys.stdout.flush()
        except OSError as error:
            # Python flushes once more when it ends, and would complain: let that go nowhere.
            with suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return CLOSED_PIPE if isinstance(error, BrokenPipeError) else code or BAD_INPUT
        return code


def _complete() -> None:
    """Answer a shell that completes words, and end (docs/howto/scripting.md)."""
    from argcomplete import autocomplete

    words = os.environ.get("COMP_LINE", "").split()[int(os.environ["_ARGCOMPLETE"]) :]
    is_command = bool(words) and (words[0] in COMMANDS or words[0] in plugin_commands())
    autocomplete(command_parser(words[0] if is_command else ""))


def _run(given: list[str]) -> int:
    parsed = command_parser(given[0] if given else "").parse_args(given)
    from margin_core.cli.result import run_command  # which neither --help nor --version waits for

    is_verbose = bool(getattr(parsed, "verbose", False))
    try:
        _check_text(given)
        if str(getattr(parsed, "source", "")).startswith("hf:"):
            from margin_core.cli.source import download_source

            download_source(parsed)
        elif ":/" in str(getattr(parsed, "source", "")):
            from margin_core.cli.source import copy_source
            from margin_core.study.remote_address import is_address

            if is_address(parsed.source):
                copy_source(parsed)
        return run_command(parsed.command, parsed)
    except MarginError as error:
        print_message(f"margin: {error}")
        if is_verbose and error.__cause__ is not None:
            print_message(f"margin: the cause: {_in_words(error.__cause__)}")
        return BAD_INPUT
    except KeyboardInterrupt:
        print_message("margin: stopped. What was finished is kept.")
        return INTERRUPTED
    except BrokenPipeError:
        raise
    except MemoryError as error:
        needed = f" ({_first_sentence(error)})" if str(error) else ""
        print_message(
            f"margin: the memory of this machine is not enough{needed}. Open fewer samples or smaller arrays, or use a "
            "machine with more."
        )
        return BAD_INPUT
    except Exception as error:
        if is_verbose or os.environ.get("MARGIN_TRACEBACK"):
            traceback.print_exc()
        print_message(
            f"margin: a mistake in MARGIN, not in your data ({_in_words(error)}). Please report it with what the same "
            "command prints with --verbose."
        )
        return INTERNAL_ERROR


def _first_sentence(error: BaseException) -> str:
    return str(error).splitlines()[0].rstrip(".")


def _in_words(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())


def plugin_commands(called: str = "") -> dict[str, Any]:
    """Load the commands that other installed packages declare.

    Parameters
    ----------
    called : str
        The command that is wanted. If the distribution that the core came in declares it, no other is looked into,
        which saves ``margin open`` some 10 ms.

    Returns
    -------
    dict of str to module
        By the name of the command; each has ``PURPOSE``, ``add_arguments`` and ``run``.
    """
    # Slow to import, and most commands need none of it.
    from importlib.metadata import PackageNotFoundError, distribution, entry_points

    try:
        found = distribution(DISTRIBUTION).entry_points.select(group=PLUGINS)
    except PackageNotFoundError:  # run from a folder, nothing installed
        found = entry_points(group=PLUGINS)
    if called not in found.names:
        found = entry_points(group=PLUGINS)
    return {command.name: command.load() for command in found}


def _show_warning(others: Callable[..., None], message: Any, category: type[Warning], *place: Any) -> None:
    """Print what was left out or assumed as one sentence; show other warnings as ever."""
    if issubclass(category, MarginWarning):
        print_message(f"margin: {message}")
    else:
        others(message, category, *place)


def command_parser(called: str) -> argparse.ArgumentParser:
    """Return the parser of the command line: with all commands, and the options of the one that is called.

    Parameters
    ----------
    called : str
        The name of a command; empty for none.

    Returns
    -------
    argparse.ArgumentParser
    """
    parser = argparse.ArgumentParser(
        prog="margin", description="Audit labeled data and the model trained on it.", epilog=EXIT_CODES
    )
    parser.add_argument("--version", action="version", version=f"margin {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    plugins = {} if called in COMMANDS or called == "--version" else plugin_commands(called)
    known = (*plugins, *COMMANDS)
    if called and not called.startswith("-") and called not in known:
        near = get_close_matches(called, known, n=1)
        if near:
            parser.error(f"'{called}' is not a command. Near to it: {near[0]}. There are {', '.join(known)}.")
        parser.error(
            f"'{called}' is not a command; there are {', '.join(known)}. A command of another package appears once "
            "it is installed: run pip install -r requirements.txt again after an update."
        )
    for name, plugin in plugins.items():
        command = commands.add_parser(name, help=plugin.PURPOSE)
        if name == called:
            _declare(command, plugin, reports=False)
    for name, purpose in COMMANDS.items():
        command = commands.add_parser(name, help=purpose)
        if name == called:
            _declare(command, import_module(f"margin_core.cli.{name}"), reports=True)
    return parser


def _declare(command: argparse.ArgumentParser, module: Any, *, reports: bool) -> None:
    from margin_core.cli.options import add_verbosity  # which neither --help nor --version waits for

    module.add_arguments(command)
    with suppress(argparse.ArgumentError):  # A plugin may have options of these names.
        add_verbosity(command, reports=reports)
    command.set_defaults(command=module.run)


def _check_text(given: Sequence[str]) -> None:
    """Refuse what no table, database or page could name again: a path in bytes that are not UTF-8."""
    for argument in given:
        try:
            argument.encode()
        except UnicodeEncodeError:
            raise SourceError(f"{argument!a} is not Unicode text. Rename the file or folder.") from None
