"""``margin bought``."""

from __future__ import annotations

import argparse
import getpass
import json

from margin_core.audit.audit import audit
from margin_core.cli.options import Arguments, add_progress, add_source
from margin_core.cli.reading import opened_source, progress_of, session_of, store_of
from margin_core.review import corrections
from margin_core.review.impact.stored import load_impact
from margin_core.storage.engine import Run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_source(parser)
    parser.add_argument("--json", action="store_true", help="print everything as JSON instead of a table")
    add_progress(parser)


def run(asked: Arguments) -> int:
    """Compare accuracy before and after."""
    progress = progress_of(asked)
    opened = opened_source(asked, Run(progress=lambda fraction, text: progress(0.1 * fraction, text)))
    audited = audit(opened, progress=lambda fraction, text: progress(0.1 + 0.1 * fraction, text))
    session = session_of(audited, store_of(asked), getpass.getuser())
    found = load_impact(audited, corrections(session), lambda fraction, text: progress(0.2 + 0.8 * fraction, text))
    if asked.progress == "json":
        return 0
    if asked.json:
        print(json.dumps(found.to_json(), indent=2, ensure_ascii=False))
        return 0
    print(f"{found.sentence}\n{found.judged_in_words}")
    if found.decisions:
        print(f"{found.compared_in_words}\n\n{'':<30}  after half  after all  change in points")
        for curve in (found.own, *found.others):
            half, whole = (f"{100 * share:.1f} %" for share in (curve.halfway, curve.accuracy[-1]))
            print(f"{curve.name:<30}  {half:>10}  {whole:>9}  {curve.change_in_words}")
    return 0
