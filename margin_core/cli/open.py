"""``margin open``: it imports next to nothing, so that the server answers before the study is read."""

from __future__ import annotations

import argparse

from dashboard.server.serve import serve
from margin_core.cli.options import COLUMNS, Arguments, add_source


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_source(parser, optional=True)
    parser.add_argument("--host", default="127.0.0.1", help="address to serve on (default: this machine only)")
    parser.add_argument("--port", type=int, default=8501, help="port to serve on (default: 8501)")


def run(asked: Arguments) -> int:
    """Serve until interrupted."""
    serve(
        asked.source,
        model=asked.model,
        columns={part: getattr(asked, part) for part in COLUMNS},
        workspace=asked.workspace,
        database=asked.database,
        host=asked.host,
        port=asked.port,
        roots=asked.root,
    )
    return 0
