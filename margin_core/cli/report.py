"""``margin report``, and the report of ``margin audit``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from margin_core import __version__
from margin_core.audit.stored_explanation import load_or_explain
from margin_core.cli.chosen_tasks import add_tasks, chosen_tasks, on_graph_of, usual_tasks
from margin_core.cli.options import Arguments, add_progress, add_source
from margin_core.cli.output import add_force, check_output, write_output
from margin_core.cli.progress import progress_printer
from margin_core.cli.result import Result
from margin_core.cli.source import open_named_source, open_store
from margin_core.report import MAX_FINDINGS, collect_report, write_report
from margin_core.storage.engine import Run
from margin_core.study import Opened
from margin_core.tasks import Task
from margin_core.values import Explanation

KEYS = {
    "out": "the file that was written",
    "tasks": "names of the tasks whose findings it shows",
    "max_findings": "how many findings of each it shows at most",
}
"""What the JSON holds."""

EXAMPLE = "report.html"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        Of the command.
    """
    add_source(parser)
    add_tasks(parser, "a task whose findings are shown; may be repeated (default: as for margin audit)")
    parser.add_argument(
        "--out",
        dest="report",
        type=Path,
        default=Path(EXAMPLE),
        help=f"file to write (default: {EXAMPLE}); - for standard output",
    )
    _add_limits(parser)
    add_force(parser)
    add_progress(parser)


def add_report(parser: argparse.ArgumentParser) -> None:
    """Declare the options of another command that writes a report, too.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        Of the command.
    """
    parser.add_argument(
        "--report", type=Path, metavar="FILE", help="also write a report: one HTML file, to be read, printed or sent"
    )
    _add_limits(parser)


def run(arguments: Arguments) -> Result:
    """Compute what is not stored yet, and write the report.

    Parameters
    ----------
    arguments : argparse.Namespace

    Returns
    -------
    Result
    """
    check_output(arguments.report, source=arguments.source, force=arguments.force, example=EXAMPLE)
    whole = Run(progress=progress_printer(arguments))
    opened = open_named_source(arguments, whole.part(0.0, 0.2))
    tasks = on_graph_of(opened.study, chosen_tasks(arguments, usual_tasks(arguments)), arguments)
    parts = pairwise(0.2 + 0.5 * place / len(tasks) for place in range(len(tasks) + 1))
    explanations = [
        load_or_explain(task, opened, whole.part(*part).progress) for task, part in zip(tasks, parts, strict=True)
    ]
    content = make_report(arguments, opened, tasks, explanations, whole.part(0.7, 1.0))
    return Result(
        values={
            "out": arguments.report,
            "tasks": [task.name for task in tasks],
            "max_findings": arguments.findings,
        },
        messages=[] if content is not None else [f"Written to {arguments.report}"],
        content=content,
    )


def make_report(
    arguments: Arguments, opened: Opened, tasks: Sequence[Task], explanations: Sequence[Explanation], run: Run
) -> bytes | None:
    """Write a report as a command's options say.

    Parameters
    ----------
    arguments : argparse.Namespace
        With those of `add_report`.
    opened : Opened
    tasks : sequence of Task
    explanations : sequence of Explanation
        One for each task.
    run : Run
        Receives the progress.

    Returns
    -------
    bytes or None
        The report where it goes to standard output.
    """
    with open_store(arguments) as store:
        report = collect_report(
            opened, tasks, explanations, store,
            made_at=datetime.now(UTC), program_version=__version__, max_findings=arguments.findings,
            run=run.part(0.0, 0.5),
        )  # fmt: skip
    run.report(0.5, "Writing the report")
    _, content = write_output(arguments.report, lambda path: write_report(report, path))
    run.report(1.0, "Done")
    return content


def _add_limits(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--findings",
        type=_count,
        default=MAX_FINDINGS,
        metavar="N",
        help=f"findings of each task that the report shows (default: {MAX_FINDINGS})",
    )


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not int(text):
        raise argparse.ArgumentTypeError(f"a number from 1, not '{text}'")
    return int(text)
