"""``margin open``: it imports next to nothing, so that the server answers before the study is read."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from dashboard.server.serve import serve
from margin_core.cli.messages import print_message
from margin_core.cli.options import Arguments, add_source, named_columns

if TYPE_CHECKING:
    from margin_core.study.notes import Note

PURPOSE = "start the dashboard on a study (the bundled photographs of waste if none is named)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    add_source(parser, optional=True)
    parser.add_argument("--host", default="127.0.0.1", help="address to serve on (default: this machine only)")
    parser.add_argument("--port", type=int, default=8501, help="port to serve on (default: 8501)")


def run(arguments: Arguments) -> int:
    """Serve until interrupted, and return the exit code."""
    say: Callable[[Sequence[Note]], None] | None = partial(_print_notes, is_quiet=arguments.quiet)
    if arguments.strict and arguments.source is not None:
        # Before anything is served: a source that is refused ends the command.
        from margin_core.cli.source import open_named_source  # which nothing but this waits for

        open_named_source(arguments)
        say = None  # It has printed the same.
    serve(
        arguments.source,
        model=arguments.model,
        columns=named_columns(arguments),
        against=arguments.against,
        workspace=arguments.workspace,
        database=arguments.database,
        host=arguments.host,
        port=arguments.port,
        roots=arguments.root,
        is_quiet=arguments.quiet,
        say=say,
        download=arguments.download,
        device=arguments.device,
    )
    return 0


def _print_notes(notes: Sequence[Note], *, is_quiet: bool) -> None:
    """Print what was lost, assumed and read, as every command does, the gravest first."""
    from margin_core.study.notes import NoteKind, texts_of  # which the server has imported by then

    for text in texts_of(notes):
        print_message(f"margin: {text}")
    for text in () if is_quiet else texts_of(notes, NoteKind.READ):
        print_message(text)
