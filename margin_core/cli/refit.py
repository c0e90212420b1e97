"""``margin refit``."""

from __future__ import annotations

import argparse
import getpass
import sys

from margin_core.audit.audit import audit
from margin_core.cli.options import Arguments, add_progress, add_source
from margin_core.cli.progress import print_json_progress, progress_printer
from margin_core.cli.source import open_named_source, open_session, open_store, read_reviewed_labels
from margin_core.review.refit import refit
from margin_core.storage.engine import Run
from margin_core.study.samples import counted


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


def run(arguments: Arguments) -> int:
    """Fit the models again, and print how the queue changed.

    Parameters
    ----------
    arguments : argparse.Namespace

    Returns
    -------
    int
        The exit code.
    """
    whole = Run(progress=progress_printer(arguments))
    opened = open_named_source(arguments, whole.part(0.0, 0.1))
    audited = audit(opened, progress=whole.part(0.1, 0.2).progress)
    store = open_store(arguments)
    labels = read_reviewed_labels(opened.study, store, arguments.upto)
    if not labels.changed:
        print("No label is changed, so there is nothing to learn.", file=sys.stderr)
        return 0
    refitted = refit(audited, labels, whole.part(0.2, 1.0).progress)
    if arguments.progress == "json":
        print_json_progress(1.0, "The ranking is ready", stage="ranked")
        return 0
    session = open_session(audited, store, getpass.getuser())
    before = int(session.open_suspects.sum())
    session.apply_refit(refitted.live(), labels=labels.labels, scores=refitted.scores, suggested=refitted.suggested)
    after = int(session.open_suspects.sum())
    print(
        f"Ranking refitted after {counted(labels.changed, 'correction')}: {counted(after, 'suspect')} open, "
        f"{before:,} by the first ranking."
    )
    return 0
