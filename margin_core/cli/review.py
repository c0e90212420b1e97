"""``margin review``."""

from __future__ import annotations

import argparse
import getpass
from pathlib import Path

from margin_core.audit.audit import audit
from margin_core.cli.options import Arguments, add_source
from margin_core.cli.reading import opened_source, session_of, store_of, tell
from margin_core.review import import_decisions


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_source(parser)
    parser.add_argument(
        "--import",
        dest="import_path",
        type=Path,
        metavar="FILE",
        help="a CSV or Parquet table: id, verdict, label, and if known reviewer, note, decided_at",
    )
    parser.add_argument("--reviewer", default=getpass.getuser(), help="who decided, where the table does not say")


def run(asked: Arguments) -> int:
    """List decisions, or take some in."""
    opened = opened_source(asked)
    store = store_of(asked)
    if asked.import_path is not None:
        made = import_decisions(asked.import_path, opened.study, reviewer=asked.reviewer)
        outcome = store.append(made)
        print(f"{len(outcome.recorded):,} decisions recorded, {len(made) - len(outcome.recorded):,} were there before.")
        return 0
    session = session_of(audit(opened, progress=tell), store, asked.reviewer)
    progress = session.progress()
    print(
        f"{progress.suspects:,} suspects, {progress.decided:,} decided: {progress.relabelled:,} relabelled, "
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
