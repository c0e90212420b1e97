"""``margin export``."""

from __future__ import annotations

import argparse
from pathlib import Path

from margin_core.cli.options import Arguments, add_source
from margin_core.cli.reading import opened_source, store_of
from margin_core.review import FORMATS, export


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_source(parser)
    parser.add_argument(
        "--format",
        required=True,
        choices=[known.name for known in FORMATS],
        help="what to write: tables for spreadsheets or programs, a folder of pictures, the log",
    )
    parser.add_argument("--out", type=Path, required=True, help="file or folder to write")


def run(asked: Arguments) -> int:
    """Write what was decided."""
    opened = opened_source(asked)
    written = export(opened.study, store_of(asked).decisions(), asked.format, asked.out)
    print(f"{written.count:,} rows written to {written.path}")
    return 0
