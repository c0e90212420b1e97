"""``margin slice``."""

from __future__ import annotations

import argparse

from margin_core.cli.options import Arguments, add_progress, add_source
from margin_core.cli.reading import opened_source, progress_of
from margin_core.errors import ParameterError
from margin_core.storage.engine import Run
from margin_core.study.samples import listed
from margin_core.tasks.decision_boundary.slice import SPACES, STEP, slice_through, spaces_of

SLICES = 200
"""How many slices a workspace keeps, the newest; each is a few hundred kilobytes."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_source(parser)
    parser.add_argument(
        "--rows", type=int, nargs=3, required=True, metavar="ROW", help="the three samples, by row, from 0"
    )
    parser.add_argument(
        "--space",
        choices=SPACES,
        help="what is mixed: the samples themselves or their features (default: the samples where a model knows them)",
    )
    add_progress(parser)


def run(asked: Arguments) -> int:
    """Ask the model, and say what share each class has."""
    progress = progress_of(asked)
    opened = opened_source(asked, Run(progress=lambda fraction, text: progress(0.05 * fraction, text)))
    study = opened.study
    if not all(0 <= row < len(study) for row in asked.rows):
        came = listed(list(map(str, asked.rows)))
        raise ParameterError(f"--rows takes three rows from 0 to {len(study) - 1:,}; got {came}.")
    of = asked.space or next(iter(spaces_of(study)), "embedding")
    found = slice_through(
        study, asked.rows, of, Run(opened.engine, lambda fraction, text: progress(0.05 + 0.95 * fraction, text))
    )
    progress(1.0, "Done")
    if opened.workspace is not None:
        opened.workspace.keep_newest(STEP, SLICES)
    if asked.progress == "text":
        shares = zip(found.shares.tolist(), study.class_names, strict=True)
        for share, name in sorted(((share, name) for share, name in shares if share > 0), reverse=True):
            print(f"{share:>6.1%}  {name}")
    return 0
