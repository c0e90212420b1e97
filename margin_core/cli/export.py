"""``margin export``."""

from __future__ import annotations

import argparse
from pathlib import Path

from margin_core.cli.options import Arguments, add_source
from margin_core.cli.source import open_named_source, open_store
from margin_core.review import FORMATS, export


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        Of the command.
    """
    add_source(parser)
    parser.add_argument(
        "--format",
        required=True,
        choices=[format.name for format in FORMATS],
        help="what to write: tables for spreadsheets or programs, a folder of pictures, the log",
    )
    parser.add_argument("--out", type=Path, required=True, help="file or folder to write")


def run(arguments: Arguments) -> int:
    """Write the corrected data set, its changes or the log.

    Parameters
    ----------
    arguments : argparse.Namespace

    Returns
    -------
    int
        The exit code.
    """
    opened = open_named_source(arguments)
    written = export(opened.study, open_store(arguments).decisions(), arguments.format, arguments.out)
    print(f"{written.count:,} rows written to {written.path}")
    return 0
