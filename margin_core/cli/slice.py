"""``margin slice``."""

from __future__ import annotations

import argparse

from margin_core.cli.messages import print_message
from margin_core.cli.options import Arguments, add_progress, add_source
from margin_core.cli.progress import progress_printer
from margin_core.cli.result import Result
from margin_core.cli.samples import find_rows
from margin_core.cli.source import open_named_source
from margin_core.errors import ParameterError
from margin_core.storage.engine import Run
from margin_core.tasks.decision_boundary.slice import SPACES, STEP, compute_slice, slice_spaces

MAX_SLICES = 200
"""The newest slices that a workspace keeps; each is a few hundred kilobytes."""


KEYS = {
    "space": "what is interpolated: inputs or embedding",
    "samples": "the three samples, a list: id, across and up (where each lies, in units of the distance of the first "
    "two), predicted (its likeliest class)",
    "shares": "the classes that are likeliest anywhere on the plane, a list: class and share, largest first",
    "agreement": "share of the samples on which the linear model agrees with what it was fitted to; null for inputs",
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
    parser.add_argument("--sample", action="append", default=[], metavar="ID", help="a sample; to be given three times")
    parser.add_argument("--rows", nargs=3, metavar="ID", help=argparse.SUPPRESS)  # what it was called
    parser.add_argument(
        "--space",
        choices=SPACES,
        help="what is interpolated: the inputs or their features (default: inputs where the study came with a model)",
    )
    add_progress(parser)


def run(arguments: Arguments) -> Result:
    """Predict on the plane, and return the share of each class.

    Parameters
    ----------
    arguments : argparse.Namespace

    Returns
    -------
    Result

    Raises
    ------
    MarginError
        Not three samples are named, one is missing, or no plane goes through them.
    """
    if arguments.rows is not None:
        print_message(
            "margin: '--rows A B C' is now '--sample A --sample B --sample C'; it takes ids, not row numbers."
        )
    ids = [*arguments.sample, *(arguments.rows or ())]
    if len(ids) != 3:
        raise ParameterError(f"--sample is to be given three times, each with the id of a sample; got {len(ids)}.")
    whole = Run(progress=progress_printer(arguments))
    opened = open_named_source(arguments, whole.part(0.0, 0.05))
    study = opened.study
    rows = find_rows(study, ids)
    space = arguments.space or next(iter(slice_spaces(study)), "embedding")
    found = compute_slice(study, rows, space, Run(opened.engine, whole.part(0.05, 1.0).progress))
    whole.report(1.0, "Done")
    if opened.workspace is not None:
        opened.workspace.keep_newest(STEP, MAX_SLICES)
    names = study.class_names
    shares = [(share, name) for share, name in zip(found.shares.tolist(), names, strict=True) if share > 0]
    shares.sort(reverse=True)
    likeliest = [names[number] for number in found.sample_probabilities.argmax(axis=1)]
    samples = [
        {"id": name, "across": across, "up": up, "predicted": predicted}
        for name, (across, up), predicted in zip(ids, found.places.tolist(), likeliest, strict=True)
    ]
    return Result(
        values={
            "space": space,
            "samples": samples,
            "shares": [{"class": name, "share": share} for share, name in shares],
            "agreement": found.agreement,
        },
        lines=[
            *(f"{share:>6.1%}  {name}" for share, name in shares),
            *(f"{sample['id']}  predicted {sample['predicted']}" for sample in samples),
        ],
    )
