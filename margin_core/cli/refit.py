"""``margin refit``."""

from __future__ import annotations

import argparse
import getpass

from margin_core.audit.audit import audit
from margin_core.cli.options import Arguments, add_progress, add_source
from margin_core.cli.progress import print_json_progress, progress_printer
from margin_core.cli.result import Result
from margin_core.cli.source import open_named_source, open_session, open_store
from margin_core.review.refit import refit
from margin_core.review.reviewed_labels import read_reviewed_labels
from margin_core.storage.engine import Run
from margin_core.study.samples import counted

KEYS = {
    "corrections": "labels that decisions changed, which the models are fitted to",
    "refitted": "whether the models were fitted again; they are not without a correction",
    "open_suspects": "suspects that nobody has decided on, by the new ranking",
    "open_suspects_before": "the same by the first ranking",
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
    parser.add_argument("--upto", type=int, metavar="ID", help="fit to the decisions up to this one (default: to all)")
    add_progress(parser)


def run(arguments: Arguments) -> int | Result:
    """Fit the models again, and print how the queue changed.

    Parameters
    ----------
    arguments : argparse.Namespace

    Returns
    -------
    Result
    """
    whole = Run(progress=progress_printer(arguments))
    opened = open_named_source(arguments, whole.part(0.0, 0.1))
    audited = audit(opened, progress=whole.part(0.1, 0.2).progress)
    store = open_store(arguments)
    labels = read_reviewed_labels(opened.study, store, arguments.upto)
    if arguments.progress == "json":  # The dashboard reads the rest of it from the workspace.
        if labels.changed:
            refit(audited, labels, whole.part(0.2, 1.0).progress)
            print_json_progress(1.0, "The ranking is ready", stage="ranked")
        return 0
    session = open_session(audited, store, getpass.getuser())
    before = after = int(session.open_suspects.sum())
    values = {"corrections": labels.changed, "refitted": bool(labels.changed), "open_suspects_before": before}
    if not labels.changed:
        nothing = "No label is changed, so there is nothing to learn."
        return Result(values={**values, "open_suspects": after}, messages=[nothing])
    refitted = refit(audited, labels, whole.part(0.2, 1.0).progress)
    session.apply_refit(refitted.live(), labels=labels.labels, scores=refitted.scores, suggested=refitted.suggested)
    after = int(session.open_suspects.sum())
    line = (
        f"Ranking refitted after {counted(labels.changed, 'correction')}: {counted(after, 'suspect')} open, "
        f"{before:,} by the first ranking."
    )
    return Result(values={**values, "open_suspects": after}, lines=[line])
