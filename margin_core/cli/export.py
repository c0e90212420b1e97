"""``margin export``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from margin_core.cli.options import Arguments, add_source
from margin_core.cli.source import open_named_source, open_store
from margin_core.errors import ParameterError
from margin_core.report.write import check_free
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
    parser.add_argument("--force", action="store_true", help="replace a file that is there; a folder never is")


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
    if str(arguments.out) == "-":
        raise ParameterError("--out - is not taken: margin export writes a file or a folder. Name one.")
    if not arguments.out.is_dir():  # A folder that holds something is refused where it would be written.
        check_free(arguments.out, force=arguments.force)
    opened = open_named_source(arguments)
    written = export(opened.study, open_store(arguments).decisions(), arguments.format, arguments.out)
    print(f"{written.count:,} rows written to {written.path}", file=sys.stderr)
    return 0
