"""``margin review``."""

from __future__ import annotations

import argparse
import getpass
from pathlib import Path

from margin_core.audit.audit import audit
from margin_core.cli.options import Arguments, add_source
from margin_core.cli.progress import print_progress
from margin_core.cli.source import open_named_source, open_session, open_store
from margin_core.review import import_decisions


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        Of the command.
    """
    add_source(parser)
    parser.add_argument(
        "--import",
        dest="import_path",
        type=Path,
        metavar="FILE",
        help="a CSV or Parquet table: id, verdict, label, and if known reviewer, note, decided_at",
    )
    parser.add_argument("--reviewer", default=getpass.getuser(), help="who decided, where the table does not say")


def run(arguments: Arguments) -> int:
    """List the decisions, or import some.

    Parameters
    ----------
    arguments : argparse.Namespace

    Returns
    -------
    int
        The exit code.
    """
    opened = open_named_source(arguments)
    store = open_store(arguments)
    if arguments.import_path is not None:
        imported = import_decisions(arguments.import_path, opened.study, reviewer=arguments.reviewer)
        new = len(store.append(imported).recorded)
        print(f"{new:,} decisions recorded, {len(imported) - new:,} were there before.")
        return 0
    session = open_session(audit(opened, progress=print_progress), store, arguments.reviewer)
    progress = session.progress()
    print(
        f"{progress.suspects:,} suspects, {progress.decided:,} decided: {progress.relabeled:,} relabeled, "
        f"{progress.kept:,} kept, {progress.excluded:,} excluded, {progress.skipped:,} skipped"
    )
    for decision in session.decisions():
        change = (
            f"{decision.old_label} -> {decision.new_label}" if decision.verdict == "relabel" else decision.old_label
        )
        print(
            f"{decision.decided_at:%Y-%m-%d %H:%M}  {decision.reviewer}  {decision.verdict}  "
            f"{decision.sample_id}  {change or ''}  {decision.note}".rstrip()
        )
    return 0
