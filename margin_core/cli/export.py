"""``margin export``."""

from __future__ import annotations

import argparse
from pathlib import Path

from margin_core.cli.options import Arguments, add_source
from margin_core.cli.output import STDOUT, add_force, check_output, refuse_stdout, write_output
from margin_core.cli.result import Result
from margin_core.cli.source import open_named_source, open_store
from margin_core.review import FORMATS, export
from margin_core.review.export.image_folder import renamed_classes
from margin_core.study.models.exported import check_model_file
from margin_core.study.samples import counted, listed

PICTURE_FOLDERS = ("image-folder", "image-folder-copies")
"""Formats that have a folder for each class."""

KEYS = {
    "out": "the file or folder that was written",
    "format": "its format",
    "rows": "samples, decisions or outputs of a model that it holds",
}
"""What the JSON holds."""


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
    parser.add_argument("--out", type=Path, required=True, help="file or folder to write; - for standard output")
    add_force(parser, "replace a file that is there; a folder never is")


def run(arguments: Arguments) -> Result:
    """Write the corrected data set, its changes, the log or MARGIN's own model.

    Parameters
    ----------
    arguments : argparse.Namespace

    Returns
    -------
    Result
    """
    out = arguments.out
    format = next(known for known in FORMATS if known.name == arguments.format)
    if format.suffix:
        check_output(out, source=arguments.source, force=arguments.force, example=f"labels{format.suffix}")
    else:
        refuse_stdout(out, "export", f"a folder as {arguments.format}")
    if format.name == "model" and out != STDOUT:
        check_model_file(out)  # before a source is read, which may take long
    opened = open_named_source(arguments)
    decisions = open_store(arguments).decisions()
    written, content = write_output(
        out, lambda path: export(opened.source_study, decisions, arguments.format, path), format.suffix
    )
    messages = [f"{counted(written.count, format.noun)} written to {'standard output' if out == STDOUT else out}"]
    if format.name in PICTURE_FOLDERS and (renamed := renamed_classes(opened.source_study)):
        folders = listed([f"'{name}' is '{folder}'" for name, folder in renamed.items()])
        messages.append(f"{counted(len(renamed), 'class folder')} renamed, as every system accepts: {folders}")
    return Result(
        values={"out": out, "format": arguments.format, "rows": written.count},
        messages=messages,
        content=content,
    )
