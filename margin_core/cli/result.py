"""What a command reports, as text for a person or as JSON for a program: printed here and nowhere else.

Standard output holds the result and nothing else; messages go to standard error.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext, redirect_stdout
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from margin_core.cli.messages import clear_progress, print_message
from margin_core.cli.options import Arguments
from margin_core.cli.output import STDOUT
from margin_core.errors import ParameterError, WorkspaceError
from margin_core.visible_text import visible_text


@dataclass(frozen=True, kw_only=True)
class Result:
    """The report of a command: its values, its text and its exit code.

    Attributes
    ----------
    values : mapping of str to value
        For ``--json``: dictionaries, lists, arrays, text, numbers, paths and times.
    lines : sequence of str
        The same for a person. Every figure in them is in `values`.
    messages : sequence of str
        What was done beside it, such as where files were written; ``--quiet`` leaves it out.
    content : bytes or None
        The file itself where ``--out -`` asks for it on standard output.
    code : int
        The exit code.
    """

    values: Mapping[str, Any]
    lines: Sequence[str] = ()
    messages: Sequence[str] = ()
    content: bytes | None = None
    code: int = 0


Command = Callable[[Arguments], "int | Result"]


def run_command(command: Command, arguments: Arguments) -> int:
    """Run a command and print what it reports.

    Parameters
    ----------
    command : callable
        Its ``run``; a command that prints by itself returns its exit code.
    arguments : argparse.Namespace
        Of the command.

    Returns
    -------
    int
        The exit code.

    Raises
    ------
    ParameterError
        Options that want two things on standard output.
    """
    wants_json, wants_file = bool(getattr(arguments, "json", False)), _wants_file(arguments)
    wants_progress = getattr(arguments, "progress", "text") == "json"
    wanted = [
        option
        for option, is_wanted in (("--json", wants_json), ("--out -", wants_file), ("--progress json", wants_progress))
        if is_wanted
    ]
    if len(wanted) > 1:
        raise ParameterError(f"{wanted[0]} and {wanted[1]} both write to standard output. Give one of them.")
    # What a library, or a model of the user's own, prints is no part of the document.
    with redirect_stdout(sys.stderr) if wants_json or wants_file else nullcontext():
        result = command(arguments)
    if not isinstance(result, Result):
        return result
    if not wants_progress:
        _print(result, as_json=wants_json, quiet=bool(getattr(arguments, "quiet", False)))
    return result.code


def to_plain(value: Any) -> Any:
    """Return a value as JSON has it.

    Parameters
    ----------
    value : object
        Of `Result.values`.

    Returns
    -------
    dict, list, str, int, float, bool or None
        NaN and infinities are None, arrays lists, times ISO 8601.

    Raises
    ------
    TypeError
        There is no plain form of it.
    """
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else None
        case Mapping():
            return {str(key): to_plain(part) for key, part in value.items()}
        case list() | tuple() | set() | frozenset():
            return [to_plain(part) for part in (sorted(value) if isinstance(value, set | frozenset) else value)]
        case Path():
            return str(value)
        case date():
            return value.isoformat()
        case _ if hasattr(value, "tolist"):  # an array or one of its numbers; NumPy need not be imported for it
            return to_plain(value.tolist())
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _print(result: Result, *, as_json: bool, quiet: bool) -> None:
    clear_progress()
    if sys.stdout is None:
        raise WorkspaceError("Standard output is closed, so the result has nowhere to go. Open it, or use --out.")
    encoding = sys.stdout.encoding or "utf-8"
    if as_json:
        is_unicode = encoding.lower().replace("-", "").startswith("utf")
        text = json.dumps(to_plain(result.values), indent=2, ensure_ascii=not is_unicode, allow_nan=False) + "\n"
    else:
        lines = () if result.content is not None else result.lines
        seen = "".join(f"{visible_text(line)}\n" for line in lines)
        text = seen.encode(encoding, "backslashreplace").decode(encoding)
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
        if result.content is not None:
            sys.stdout.buffer.write(result.content)
            sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise WorkspaceError(
            f"Cannot write the result to standard output: {error.strerror}. Free some space, or send it elsewhere."
        ) from error
    if not quiet:
        for message in (*(result.lines if result.content is not None else ()), *result.messages):
            print_message(message)


def _wants_file(arguments: Arguments) -> bool:
    return STDOUT in (getattr(arguments, "out", None), getattr(arguments, "report", None))
