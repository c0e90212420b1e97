"""``margin open``: it imports next to nothing, so that the server answers before the study is read."""

from __future__ import annotations

import argparse

from dashboard.server.serve import serve
from margin_core.cli.options import COLUMNS, Arguments, add_source

PURPOSE = "start the dashboard on a study (the bundled digits if none is named)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    add_source(parser, optional=True)
    parser.add_argument("--host", default="127.0.0.1", help="address to serve on (default: this machine only)")
    parser.add_argument("--port", type=int, default=8501, help="port to serve on (default: 8501)")


def run(arguments: Arguments) -> int:
    """Serve until interrupted, and return the exit code."""
    serve(
        arguments.source,
        model=arguments.model,
        columns={part: getattr(arguments, part) for part in COLUMNS},
        workspace=arguments.workspace,
        database=arguments.database,
        host=arguments.host,
        port=arguments.port,
        roots=arguments.root,
        is_quiet=arguments.quiet,
    )
    return 0
