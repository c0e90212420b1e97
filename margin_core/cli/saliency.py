"""``margin saliency``."""

from __future__ import annotations

import argparse
from pathlib import Path

from margin_core.audit.audit import audit
from margin_core.cli.options import Arguments, add_source
from margin_core.cli.output import add_force, check_output, write_output
from margin_core.cli.progress import progress_printer
from margin_core.cli.result import Result
from margin_core.cli.samples import find_rows
from margin_core.cli.source import open_named_source
from margin_core.errors import ParameterError
from margin_core.storage.engine import Run
from margin_core.study import Opened
from margin_core.tasks.saliency.batch import compute_heatmaps, save_heatmaps
from margin_core.tasks.saliency.worker.saliency_server import serve

KEYS = {
    "heatmaps": "a list: id of the sample, method, title, class, and the metrics of faithfulness and fragility by name "
    "(null where one was not measured)",
    "out": "the .npz with the heatmaps; null where none was asked for",
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
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="also write the heatmaps as arrays of an .npz; - for standard output"
    )
    add_force(parser)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)


def run(arguments: Arguments) -> int | Result:
    """Compute heatmaps and their measures; or answer the dashboard's requests.

    Parameters
    ----------
    arguments : argparse.Namespace

    Returns
    -------
    int or Result

    Raises
    ------
    MarginError
        ``--first`` is below 1, a sample or the model is missing, or the file cannot be written.
    """
    if arguments.serve:
        serve(open_named_source(arguments, Run()))
        return 0
    if arguments.first < 1:
        raise ParameterError(f"--first says how many samples are explained, 1 or more; got {arguments.first}.")
    out = arguments.out
    if out is not None:
        check_output(out, source=arguments.source, force=arguments.force, example="heatmaps.npz")
    whole = Run(progress=progress_printer(arguments))
    opened = open_named_source(arguments, whole.part(0.0, 0.1))
    study, named = opened.study, arguments.sample
    rows = find_rows(study, named) if named else _most_suspect(opened, whole.part(0.1, 0.2), arguments.first)
    found = compute_heatmaps(opened, rows, arguments.method, arguments.target, whole.part(0.2, 1.0).progress)
    whole.report(1.0, "Done")
    content = None if out is None else write_output(out, lambda path: save_heatmaps(found, path))[1]
    return Result(
        values={
            "heatmaps": [
                {
                    "id": one.id,
                    "method": one.method.name,
                    "title": one.method.title,
                    "class": one.class_name,
                    "metrics": one.metrics,
                }
                for one in found
            ],
            "out": out,
        },
        lines=[one.sentence for one in found],
        messages=[] if out is None or content is not None else [f"Written to {out}"],
        content=content,
    )


def _most_suspect(opened: Opened, run: Run, count: int) -> list[int]:
    rows: list[int] = audit(opened, progress=run.progress).explanation.rows[:count].tolist()
    return rows
