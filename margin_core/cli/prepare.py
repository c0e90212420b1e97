"""``margin prepare``."""

from __future__ import annotations

import argparse
from itertools import pairwise

from margin_core.audit.audit import audit, compute_map_positions
from margin_core.audit.stored_explanation import load_or_explain
from margin_core.cli.chosen_tasks import add_tasks, chosen_tasks, on_graph_of
from margin_core.cli.options import Arguments, add_progress, add_source
from margin_core.cli.progress import print_json_notes, print_json_progress, progress_printer
from margin_core.cli.result import Result
from margin_core.cli.source import open_named_source
from margin_core.review.labels_given import MAX_REVISIONS, of_revision
from margin_core.storage.engine import Run
from margin_core.study.samples import counted

KEYS = {
    "source": "what was opened",
    "workspace": "the folder where it is stored",
    "samples": "samples of the study",
    "suspects": "suspect labels",
    "tasks": "names of the tasks that were run besides the ranking of labels",
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
    add_tasks(parser, "also run this task; may be repeated")
    add_progress(parser)


def run(arguments: Arguments) -> Result:
    """Compute the ranking, the map, and the tasks that are named.

    Parameters
    ----------
    arguments : argparse.Namespace

    Returns
    -------
    Result
    """
    tasks = chosen_tasks(arguments)
    usual = 0.1 if tasks else 1.0  # Whoever runs a task of their own has mostly opened the study before.
    whole = Run(progress=progress_printer(arguments))
    is_json = arguments.progress == "json"
    opened = open_named_source(arguments, whole.part(0.0, 0.4 * usual), print_json_notes if is_json else None)
    opened = of_revision(opened)
    if is_json:
        print_json_notes(opened.notes)
    audited = audit(opened, progress=whole.part(0.4 * usual, 0.7 * usual).progress)
    if is_json:
        print_json_progress(0.7 * usual, "The queue is ready", stage="ranked")
    compute_map_positions(audited, whole.part(0.7 * usual, usual).progress)
    tasks = on_graph_of(opened.study, tasks, arguments)
    parts = pairwise(usual + (1 - usual) * place / max(len(tasks), 1) for place in range(len(tasks) + 1))
    for task, part in zip(tasks, parts, strict=True):
        load_or_explain(task, opened, whole.part(*part).progress)
    if opened.workspace is not None and opened.workspace.revision:
        opened.workspace.keep_newest_revisions(MAX_REVISIONS)
    suspects = int((audited.explanation.findings.roles == "suspect").sum())
    folder = opened.workspace and opened.workspace.folder
    return Result(
        values={
            "source": opened.source,
            "workspace": folder,
            "samples": len(opened.study),
            "suspects": suspects,
            "tasks": [task.name for task in tasks],
        },
        lines=[f"{counted(len(opened.study), 'sample')} prepared, {counted(suspects, 'suspect')}"],
        messages=[f"Stored in {folder}"],
    )
