"""``margin slice``."""

from __future__ import annotations

import argparse

from margin_core.cli.options import Arguments, add_progress, add_source
from margin_core.cli.progress import progress_printer
from margin_core.cli.source import open_named_source
from margin_core.errors import ParameterError
from margin_core.storage.engine import Run
from margin_core.study.samples import listed
from margin_core.tasks.decision_boundary.slice import SPACES, STEP, compute_slice, slice_spaces

MAX_SLICES = 200
"""The newest slices that a workspace keeps; each is a few hundred kilobytes."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        Of the command.
    """
    add_source(parser)
    parser.add_argument(
        "--rows", type=int, nargs=3, required=True, metavar="ROW", help="the three samples, by row, from 0"
    )
    parser.add_argument(
        "--space",
        choices=SPACES,
        help="what is interpolated: the inputs or their features (default: the inputs where there is a model of them)",
    )
    add_progress(parser)


def run(arguments: Arguments) -> int:
    """Predict on the plane, and print the share of each class.

    Parameters
    ----------
    arguments : argparse.Namespace

    Returns
    -------
    int
        The exit code.
    """
    whole = Run(progress=progress_printer(arguments))
    opened = open_named_source(arguments, whole.part(0.0, 0.05))
    study = opened.study
    if not all(0 <= row < len(study) for row in arguments.rows):
        got = listed(list(map(str, arguments.rows)))
        raise ParameterError(f"--rows takes three rows from 0 to {len(study) - 1:,}; got {got}.")
    space = arguments.space or next(iter(slice_spaces(study)), "embedding")
    found = compute_slice(study, arguments.rows, space, Run(opened.engine, whole.part(0.05, 1.0).progress))
    whole.report(1.0, "Done")
    if opened.workspace is not None:
        opened.workspace.keep_newest(STEP, MAX_SLICES)
    if arguments.progress == "text":
        shares = zip(found.shares.tolist(), study.class_names, strict=True)
        for share, name in sorted(((share, name) for share, name in shares if share > 0), reverse=True):
            print(f"{share:>6.1%}  {name}")
    return 0
