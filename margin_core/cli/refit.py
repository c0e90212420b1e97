"""``margin refit``."""

from __future__ import annotations

import argparse
import getpass
import json
import sys

from margin_core.audit.audit import audit
from margin_core.cli.options import Arguments, add_progress, add_source
from margin_core.cli.reading import opened_source, progress_of, read_reviewed_labels, session_of, store_of
from margin_core.review.refit import refit
from margin_core.storage.engine import Run
from margin_core.study.samples import counted


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_source(parser)
    parser.add_argument(
        "--upto", type=int, metavar="ID", help="learn from the decisions up to this one (default: from all)"
    )
    add_progress(parser)


def run(asked: Arguments) -> int:
    """Fit again, and say what changed."""
    progress = progress_of(asked)
    opened = opened_source(asked, Run(progress=lambda fraction, text: progress(0.1 * fraction, text)))
    audited = audit(opened, progress=lambda fraction, text: progress(0.1 + 0.1 * fraction, text))
    store = store_of(asked)
    learnt_from = read_reviewed_labels(opened.study, store, asked.upto)
    if not learnt_from.changed:
        print("No label is changed, so there is nothing to learn.", file=sys.stderr)
        return 0
    found = refit(audited, learnt_from, lambda fraction, text: progress(0.2 + 0.8 * fraction, text))
    if asked.progress == "json":
        print(json.dumps({"fraction": 1.0, "text": "The ranking is ready", "stage": "ranked"}), flush=True)
        return 0
    session = session_of(audited, store, getpass.getuser())
    before = int(session.open_suspects.sum())
    session.swap(found.live(), labels=learnt_from.labels, scores=found.scores, suggested=found.suggested)
    after = int(session.open_suspects.sum())
    print(
        f"Ranking refitted after {counted(learnt_from.changed, 'correction')}: {counted(after, 'suspect')} open, "
        f"{before:,} by the first ranking."
    )
    return 0
