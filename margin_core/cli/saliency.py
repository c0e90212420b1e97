"""``margin saliency``."""

from __future__ import annotations

import argparse
from pathlib import Path

from margin_core.audit.audit import audit
from margin_core.cli.options import Arguments, add_source
from margin_core.cli.progress import print_progress
from margin_core.cli.source import open_named_source
from margin_core.storage.engine import Run
from margin_core.tasks.saliency.batch import compute_heatmaps, find_rows
from margin_core.tasks.saliency.worker.saliency_server import serve


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        Of the command.
    """
    add_source(parser)
    parser.add_argument("--sample", action="append", default=[], metavar="ID", help="a sample; may be repeated")
    parser.add_argument(
        "--first", type=int, default=1, metavar="N", help="without --sample: the N most suspect ones (default: 1)"
    )
    parser.add_argument(
        "--method", action="append", default=[], help="a method; may be repeated (default: every one that fits)"
    )
    parser.add_argument(
        "--class", dest="target", metavar="NAME", help="the class (default: the one the model predicts)"
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="also write the heatmaps as arrays of an .npz")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)


def run(arguments: Arguments) -> int:
    """Compute heatmaps and print their measures; or answer the dashboard's requests.

    Parameters
    ----------
    arguments : argparse.Namespace

    Returns
    -------
    int
        The exit code.
    """
    opened = open_named_source(arguments, Run() if arguments.serve else None)
    if arguments.serve:
        serve(opened)
        return 0
    named = arguments.sample
    rows = find_rows(opened.study, named) if named else audit(opened).explanation.rows[: arguments.first]
    for line in compute_heatmaps(
        opened, rows.tolist(), arguments.method, arguments.target, arguments.out, print_progress
    ):
        print(line)
    return 0
